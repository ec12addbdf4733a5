"""The same step in PyTorch eager with timm: step.py BATCH PX STEPS. Prints one JSON line."""
import json
import os
import resource
import sys
import time
from functools import partial

import timm.layers
import timm.models.resnetv2 as r2
import torch

batch, px, steps = (int(argument) for argument in sys.argv[1:4])
torch.set_num_threads(os.cpu_count() or 1)
width = 0.5
model = r2.ResNetV2(
    layers=[1, 1, 1, 1], channels=tuple(int(c * width) for c in (256, 512, 1024, 2048)), num_classes=10,
    stem_chs=int(64 * width), stem_type="fixed", preact=True,
    norm_layer=partial(timm.layers.GroupNormAct, num_groups=32), conv_layer=partial(timm.layers.StdConv2d, eps=1e-10))
images, labels = torch.randn(batch, 3, px, px), torch.arange(batch) % 10
optimizer = torch.optim.SGD(model.parameters(), lr=0.003, momentum=0.9)
model.train()


def step() -> None:
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()


for _ in range(3):
    step()
start = time.perf_counter()
for _ in range(steps):
    step()
elapsed = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"rate": batch * steps / elapsed, "peakMemoryBytes": peak}))
