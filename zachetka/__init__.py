"""«Зачётка»: the individual record of learning results of a further-education academy."""
