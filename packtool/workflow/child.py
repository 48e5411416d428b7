"""The process of one stage: ``python -m packtool.workflow.child REQUEST ANSWER PARENT``. Started by processes.py only."""

from __future__ import annotations

import pickle
import sys
import traceback
from pathlib import Path

from packtool.workflow.processes import end_with_parent, sendable, watch_parent


def main(request: str, answer: str, parent: str) -> None:
    """Do the stage that the pickled request names and leave ("value", ...) or ("error", ...) in ``answer``; ``parent``: who asked."""
    end_with_parent()
    watch_parent(int(parent))
    with Path(request).open("rb") as stream:
        stage, arguments = pickle.load(stream)
    reply: tuple[str, object]
    try:
        from packtool.workflow.stages import BODIES

        reply = ("value", BODIES[stage](**arguments))
    except BaseException as error:
        traceback.print_exc()
        reply = ("error", sendable(error))
    temporary = Path(answer).with_suffix(".writing")
    with temporary.open("wb") as stream:
        pickle.dump(reply, stream)
    temporary.replace(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
