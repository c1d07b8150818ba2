"""What a training has reached, kept after every epoch, so that a killed one goes on to the same result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from itemvec.core.files import replacing
from itemvec.tuners.base import Lesson, Setting

PROGRESS = "progress.json"


@dataclass
class Fit:
    """The state of one training.

    epoch
        Epochs that are done.
    reached, at
        Best mean nDCG@10 of the validation queries, and after how many epochs; 0 for the untuned model.
    best
        Weights of that epoch.
    place
        Folder that holds all this after every epoch; None where nothing is kept.
    """

    place: Path | None
    epoch: int = 0
    reached: float = 0.0
    at: int = 0
    audit: dict[str, Any] = field(default_factory=dict)
    best: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, tuner: Any, lesson: Lesson, setting: Setting, seed: int) -> Fit:
        """The state of the training that these describe; another description is another training."""
        if lesson.checkpoints is None:
            return cls(None)
        said = {
            "tuner": asdict(tuner),
            "encoder": asdict(lesson.encoder),
            "revision": lesson.encoder.resolved().revision,
            "setting": dict(setting),
            "seed": seed,
        }
        found = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
        for asked in (lesson.train, lesson.validation):
            for part in (asked.vectors, asked.judged.items, asked.judged.gains, asked.judged.offsets, asked.irrelevant):
                found.update(part.tobytes())
            found.update("\x00".join(asked.texts).encode())
        found.update(lesson.items.tobytes())
        found.update("\x00".join(lesson.item_texts).encode())
        return cls(lesson.checkpoints / found.hexdigest()[:32])

    def resume(self, live: Any) -> bool:
        """Take the state of an earlier call, if there is one; ``live`` gets its weights."""
        if self.place is None or not (self.place / PROGRESS).is_file():
            return False
        from safetensors.torch import load_file

        said = json.loads((self.place / PROGRESS).read_text(encoding="utf-8"))
        self.epoch, self.reached, self.at, self.audit = (said[name] for name in ("epoch", "reached", "at", "audit"))
        live.restore(load_file(self.place / "weights.safetensors"))
        self.best = load_file(self.place / "best.safetensors") if self.at else {}
        return True

    def note(self, live: Any, epoch: int, found: float) -> None:
        """Count an epoch, and keep its weights if it is the best."""
        self.epoch = epoch
        if found > self.reached:
            self.reached, self.at, self.best = found, epoch, live.state()
        if self.place is None:
            return
        from safetensors.torch import save_file

        with replacing(self.place) as partial:
            partial.mkdir(parents=True)
            save_file(live.state(), partial / "weights.safetensors")
            if self.at:
                save_file(self.best, partial / "best.safetensors")
            said = {"epoch": self.epoch, "reached": self.reached, "at": self.at, "audit": self.audit}
            (partial / PROGRESS).write_text(json.dumps(said), encoding="utf-8")

    def take_best(self, live: Any) -> None:
        """Give ``live`` the weights of the best epoch."""
        live.restore(self.best)
