"""A partition a worker owns: opened, folded, journalled and handed on."""
