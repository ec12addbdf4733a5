"""The same step in PyTorch with timm: step.py JSON with model (r50x1|small), what (step|predict), microBatch, microBatches, px, steps, and where
wanted precision (bfloat16: autocast), compile, channelsLast, device (cuda). Prints one JSON line: images/s from the median step, peak memory."""
import json
import os
import resource
import statistics
import sys
import time
from functools import partial

import timm
import timm.layers
import timm.models.resnetv2 as r2
import torch

work = json.loads(sys.argv[1])
micro, parts, px = work["microBatch"], work["microBatches"], work["px"]
device = work.get("device", "cpu")
torch.set_num_threads(os.cpu_count() or 1)


def small() -> torch.nn.Module:
    width = 0.5
    return r2.ResNetV2(
        layers=[1, 1, 1, 1], channels=tuple(int(c * width) for c in (256, 512, 1024, 2048)), num_classes=10,
        stem_chs=int(64 * width), stem_type="fixed", preact=True,
        norm_layer=partial(timm.layers.GroupNormAct, num_groups=32), conv_layer=partial(timm.layers.StdConv2d, eps=1e-10))


model = small() if work["model"] == "small" else timm.create_model("resnetv2_50x1_bit", num_classes=10)
model = model.to(device)
images, labels = torch.randn(micro, 3, px, px, device=device), torch.arange(micro, device=device) % 10
if work.get("channelsLast"):
    model, images = model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6, momentum=0.9)
forward = torch.compile(model) if work.get("compile") else model
autocast = partial(torch.autocast, device, dtype=torch.bfloat16, enabled=work.get("precision") == "bfloat16")


def step() -> None:
    for _ in range(parts):
        with autocast():
            loss = torch.nn.functional.cross_entropy(forward(images), labels) / parts
        loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def predict() -> None:
    with torch.inference_mode(), autocast():
        for _ in range(parts):
            forward(images).float().cpu().numpy()


run = step if work["what"] == "step" else predict
model.train(work["what"] == "step")
times = []
for index in range(2 + work["steps"]):  # the first two allocate, choose and compile, as in ours
    start = time.perf_counter()
    run()
    if device == "cuda":
        torch.cuda.synchronize()
    times.append(time.perf_counter() - start)
peak = torch.cuda.max_memory_allocated() if device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"rate": micro * parts / statistics.median(times[2:]), "peakMemoryBytes": peak}))
