"""Every syllable that Vietnamese spelling allows, without diacritics: what is a word even where no catalogue has it."""

_ONSETS = {
    "": "b ch d h l m n nh p ph r s t th tr v x kh",
    "back": "c g ng",
    "front": "k gh ngh",
}
_RIMES = {
    "back": """
        a ac ach ai am an ang anh ao ap at au ay o oc oi om on ong oong op ot oa oac oach oai oam oan oang oanh oao
        oap oat oay oe oen oeo oet u ua uan uang uat uay uc ue uech uen uenh ui um un ung uo uoc uoi uom uon uong uop
        uot uou up ut uu uy uya uych uyen uyet uyn uynh uyp uyt uyu
        """,
    "front": "e ec ech em en eng enh eo ep et eu i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu y",
}
_AFTER_QU = """
    a ac ach ai am an ang anh ao ap at au ay e ec ech en eng enh eo et eu i in it o oc on ot ua y ych yen yet ynh yt
    """
_AFTER_GI = (
    "a ac ai am an ang anh ao ap at au ay e em en eng eo ep et eu o oc oi om on ong ot u ua uc ui um un uong uot up ut"
)
_BARE = "yem yen yeng yet yeu"
_GI = "gi gin gim gip"


def _syllables() -> frozenset[str]:
    back, front = _RIMES["back"].split(), _RIMES["front"].split()
    free = ["", *_ONSETS[""].split()]
    found = {onset + rime for onset in (*free, *_ONSETS["back"].split()) for rime in back}
    found |= {onset + rime for onset in (*free, *_ONSETS["front"].split()) for rime in front}
    found |= {"qu" + rime for rime in _AFTER_QU.split()} | {"gi" + rime for rime in _AFTER_GI.split()}
    return frozenset(found | set(_BARE.split()) | set(_GI.split()))


SYLLABLES = _syllables()
"""About 3,000 folded syllables."""
