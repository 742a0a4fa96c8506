"""Templates by user id, on the Open API's host."""

from tests.doubles.zalo_access import Asked
from tests.doubles.zalo_world import Refused, World


def send(_world: World, _asked: Asked) -> object:
    """``message/template``."""
    raise Refused(-200)
