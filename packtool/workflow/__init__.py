"""The stages in order over a run folder: the only place that knows more than one stage."""
