"""Personal data: texts encrypted under the key of whom they are about, and the keys."""
