"""Pure: standard library only, no await, no clock, no I/O."""
