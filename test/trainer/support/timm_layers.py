"""What PyTorch and timm make of a weights file of ours: argv is file, units, width, norm, convolution, classes, batch, px, learning rate.
Reads images (float32, NHWC) from standard input; prints JSON: logits before, then after one training step, its loss and the statistics."""
import json, sys
from functools import partial
import numpy, torch, timm
from safetensors.torch import load_file
from timm.layers import BatchNormAct2d, GroupNormAct, StdConv2d, create_conv2d
from timm.models.resnetv2 import ResNetV2

path, units, width, norm, convolution, classes, batch, px, rate = sys.argv[1:]
model = ResNetV2(
    layers=[int(count) for count in units.split("-")],
    width_factor=float(width),
    num_classes=int(classes),
    stem_type="fixed",
    norm_layer=BatchNormAct2d if norm == "batch" else partial(GroupNormAct, num_groups=32),
    conv_layer=create_conv2d if convolution == "plain" else partial(StdConv2d, eps=1e-10),
).float()
model.load_state_dict(load_file(path), strict=True)
batch, px = int(batch), int(px)
images = numpy.frombuffer(sys.stdin.buffer.read(), "<f4").reshape(batch, px, px, 3).copy()
images = torch.from_numpy(images).permute(0, 3, 1, 2)
labels = torch.arange(batch) % int(classes)
result = {}
with torch.no_grad():
    result["before"] = model.eval()(images).flatten().tolist()
loss = torch.nn.functional.cross_entropy(model.train()(images), labels)
result["loss"] = loss.item()
optimizer = torch.optim.SGD(model.parameters(), lr=float(rate), momentum=0.9)
loss.backward()
optimizer.step()
with torch.no_grad():
    result["after"] = model.eval()(images).flatten().tolist()
result["statistics"] = {
    key: value.flatten().tolist() for key, value in model.state_dict().items() if "running" in key
}
print(json.dumps(result))
