"""Everything about training that is no part of a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingConfig:
    """How long, how fast and how often."""

    steps: int = 4000
    seed: int = 0
    batch_frames: int = 12000  # frames of a batch, padding included; memory grows with it
    # Batches whose gradients make one step. Processes share them out, so the result does not depend on how many there are.
    batches_per_step: int = 1
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    final_learning_rate: float = 0.02  # share of learning_rate left at the end; cosine in between
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.98)
    gradient_clip: float = 1.0
    precision: str = "float32"  # or bfloat16, or float16 (GPU only; scaled)
    ema_decay: float = 0.999  # 0: no moving average
    compile: bool = False  # torch.compile; pays on long runs on a GPU
    workers: int = 0  # processes that load batches; 0 loads in a thread beside the training
    threads: int = 0  # CPU threads of a process; 0 leaves PyTorch's choice
    log_every: int = 50
    validate_every: int = 500
    checkpoint_every: int = 500
    keep_best: int = 3  # checkpoints with the lowest validation loss, averaged at the end; 0: the last weights are the result
    sample_count: int = 2  # utterances shown in TensorBoard at each validation
    nan_patience: int = 3  # this many batches in a row without a finite loss stop the run

    def __post_init__(self):
        if self.precision not in ("float32", "bfloat16", "float16"):
            raise ValueError(f"training: precision {self.precision!r}; expected float32, bfloat16 or float16")
        for name in ("steps", "batch_frames", "batches_per_step", "log_every", "validate_every", "checkpoint_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"training: {name} must be at least 1, found {getattr(self, name)}")
        if self.warmup_steps >= self.steps:
            raise ValueError(f"training: warmup_steps {self.warmup_steps} leaves nothing of steps {self.steps}; use fewer")
