"""Batches from PyTorch's DataLoader with torchvision's transforms on Pillow, as fast as they come:
input.py FOLDER PER_CLASS RESIZE CROP BATCH EPOCHS float|uint8 [LEAST_AREA] (PER_CLASS 0: all). With LEAST_AREA the crops are inception crops,
cut from the images as they are. Prints one JSON line with the rate of each epoch, and the processor time of all."""
import json
import os
import resource
import sys
import time

import torch
from torchvision import datasets, transforms

folder = sys.argv[1]
per_class, resize, crop, batch, epochs = (int(argument) for argument in sys.argv[2:7])
to_tensor = [transforms.PILToTensor()] if sys.argv[7] == "uint8" else [
    transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]
cut = [transforms.RandomResizedCrop(crop, scale=(float(sys.argv[8]), 1))] if len(sys.argv) > 8 else [
    transforms.Resize((resize, resize)), transforms.RandomCrop(crop)]
data = datasets.ImageFolder(folder, transforms.Compose([
    *cut,
    transforms.RandomHorizontalFlip(),
    *to_tensor,
]))
if per_class:
    seen: dict[int, int] = {}
    kept = []
    for index, label in enumerate(data.targets):
        seen[label] = seen.get(label, 0) + 1
        if seen[label] <= per_class:
            kept.append(index)
    data = torch.utils.data.Subset(data, kept)
start = time.perf_counter()
loader = torch.utils.data.DataLoader(
    data, batch_size=batch, shuffle=True, num_workers=os.cpu_count() or 1, persistent_workers=True)
rates = []
for _ in range(epochs):
    count = sum(len(labels) for _, labels in loader)
    now = time.perf_counter()
    rates.append(count / (now - start))
    start = now
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
del loader
workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # the largest of them
seconds = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({"rates": rates, "cpuSeconds": seconds, "peakMemoryBytes": (own + workers * (os.cpu_count() or 1)) * 1024}))
