// Convolutions of 1 × 1 and 3 × 3 and their gradients.
#include <algorithm>
#include <vector>

#include "math.h"
#include "op.h"
#include "ops.h"
#include "threads.h"

namespace bitw {
namespace {

// Cuts a product's result for the threads: `part(first row, last row, first column, last column)`, rows in multiples of `grain`. Its depth is never cut, so
// that the parts change no bit.
template <typename Block>
void ParallelBlocks(int64_t rows, int64_t columns, int64_t grain, const Block& block) {
  const int64_t stripes = columns / kChannelStep, grains = rows / grain;
  int64_t down = 1, across = 1;
  // more pieces than threads: one that is held up leaves its share to the others
  while (down * across < 2 * ThreadCount() && (rows / down >= 64 || stripes / across >= 2)) {
    if (rows / down >= columns / across) down *= 2;
    else across *= 2;
  }
  ParallelFor(down * across, [&](int64_t piece) {
    const int64_t i = piece / across, j = piece % across;
    const int64_t first = stripes * j / across * kChannelStep, last = stripes * (j + 1) / across * kChannelStep;
    if (first < last) block(grains * i / down * grain, grains * (i + 1) / down * grain, first, last);
  });
}

// Tiles for which bringing a kernel over costs about what it saves.
constexpr int64_t kFewTiles = 16;

// A convolution of `taps` × `taps` that sees [n,h,w,c] and gives [n,h,w,…], or, where the sizes differ, one of stride 2 without padding.
struct Convolution {
  Pixels pixels;

  Convolution(Call& call, const float* at, const std::vector<int64_t>& seen, const std::vector<int64_t>& given, int taps) {
    const bool same = seen[1] == given[1] && seen[2] == given[2];
    const int margin = same ? taps / 2 : 0;
    pixels = {at, seen[0], seen[1], seen[2], seen[3], given[1], given[2], taps, taps, same ? 1 : 2, margin, margin};
    if (seen[3] % kChannelStep != 0 || given[3] % kChannelStep != 0) call.Fail("channels must be a multiple of 32");
    if (!same && (given[1] != Halved(seen[1], taps) || given[2] != Halved(seen[2], taps))) call.Fail("images must have the convolution's sizes");
  }

  int taps() const { return pixels.down; }

  // Whether it takes fewer products, for which kernels must be transformed: that pays where they are used for some tiles.
  bool IsWinograd() const { return taps() == 3 && pixels.stride == 1 && TileCount(pixels) >= kFewTiles; }

  // y from w, or from w transposed.
  void Compute(const float* w, bool transposed, float* y, int64_t columns) const {
    if (!IsWinograd()) {
      const Kernel kernel = {w, transposed, taps(), transposed ? taps() - 1 : 0, transposed ? taps() - 1 : 0, transposed ? -1 : 1};
      return Convolve(pixels, kernel, {y, pixels.out_height, pixels.out_width, columns, 0, 0, 1});
    }
    ParallelBlocks(TileCount(pixels), columns, 1, [&](int64_t first_tile, int64_t last_tile, int64_t first, int64_t last) {
      BestMath().winograd_convolve(pixels, w, transposed, y, columns, first_tile, last_tile, first, last);
    });
  }

  void ComputeKernel(const float* dy, float* dw, int64_t columns) const {
    // all of the tiles are summed by one thread, so that few channels leave many threads idle
    const bool is_winograd = IsWinograd() && 2 * (pixels.channels / kChannelStep) * (columns / kChannelStep) >= ThreadCount();
    const auto compute = is_winograd ? BestMath().winograd_kernel_gradient : BestMath().kernel_gradient;
    const int64_t rows = is_winograd ? pixels.channels : taps() * taps() * pixels.channels;
    ParallelBlocks(rows, columns, is_winograd ? kChannelStep : 1, [&](int64_t first_row, int64_t last_row, int64_t first, int64_t last) {
      compute(pixels, dy, dw, columns, first_row, last_row, first, last);
    });
  }

  static void Convolve(const Pixels& x, const Kernel& w, const Places& y) {
    ParallelBlocks(x.images * x.out_height * x.out_width, y.columns, 1,
                   [&](int64_t first_row, int64_t last_row, int64_t first, int64_t last) { BestMath().convolve(x, w, y, first_row, last_row, first, last); });
  }

  static int64_t Halved(int64_t size, int64_t taps) { return size < taps ? 0 : (size - taps) / 2 + 1; }
  // The even one of the two that are halved to it.
  static int64_t Doubled(int64_t size, int64_t taps) { return 2 * size + taps - 1; }
};

// Images, and a kernel whose `axis` has their channels.
bool ConvolutionFits(Call& call, const std::vector<int64_t>& images, const std::vector<int64_t>& kernel, int axis) {
  if (images.size() != 4 || kernel.size() != 4 || kernel[0] != kernel[1] || kernel[0] % 2 == 0 || kernel[axis] != images[3])
    call.Fail("images must be [n,h,w,c] and the kernel [k,k,i,o], k odd, with their channels");
  return call.ok();
}

// Inputs x, w → y. `stride` 1 keeps the size, with zeros around; 2 has no padding. `transposed`: inputs w, dy → dx, of one that keeps the size.
template <int stride, bool transposed>
void ComputeConvolution(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor x = call.Input(transposed ? 1 : 0), w = call.Input(transposed ? 0 : 1);
  if (!call.ok()) return;
  const std::vector<int64_t> seen = Shape(x), kernel = Shape(w);
  if (!ConvolutionFits(call, seen, kernel, transposed ? 3 : 2)) return;
  std::vector<int64_t> given = seen;
  given[3] = kernel[transposed ? 2 : 3];
  for (int axis = 1; axis <= 2 && stride == 2; ++axis) given[axis] = Convolution::Halved(seen[axis], kernel[0]);
  const Convolution convolution(call, Data<float>(x), seen, given, static_cast<int>(kernel[0]));
  const Tensor y = call.Output(0, TF_FLOAT, given);
  if (!call.ok()) return;
  convolution.Compute(Data<float>(w), transposed, Data<float>(y), given[3]);
}

// Inputs w, dy → dx, of a convolution of stride 2 without padding that saw images of even sizes.
void ComputeConvolutionStridedInput(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor w = call.Input(0), dy = call.Input(1);
  if (!call.ok()) return;
  const std::vector<int64_t> kernel = Shape(w), seen = Shape(dy);
  if (!ConvolutionFits(call, seen, kernel, 3)) return;
  const int taps = static_cast<int>(kernel[0]);
  const std::vector<int64_t> given = {seen[0], Convolution::Doubled(seen[1], taps), Convolution::Doubled(seen[2], taps), kernel[2]};
  if (given[3] % kChannelStep != 0 || seen[3] % kChannelStep != 0) return call.Fail("channels must be a multiple of 32");
  const Tensor dx = call.Output(0, TF_FLOAT, given);
  if (!call.ok()) return;
  // Even rows meet the taps 0, 2, … of the kernel, odd ones 1, 3, …, and so do columns: four convolutions without stride.
  const auto taps_of = [&](int parity) { return (taps - parity + 1) / 2; };
  for (int down = 0; down < 2; ++down)
    for (int across = 0; across < 2; ++across) {
      const int taps_down = taps_of(down), taps_across = taps_of(across);
      const Pixels pixels = {Data<float>(dy), seen[0],   seen[1],     seen[2], seen[3],       given[1] / 2,
                             given[2] / 2,    taps_down, taps_across, 1,       taps_down - 1, taps_across - 1};
      const Kernel met = {Data<float>(w), true, taps, down + 2 * (taps_down - 1), across + 2 * (taps_across - 1), -2};
      Convolution::Convolve(pixels, met, {Data<float>(dx), given[1], given[2], given[3], down, across, 2});
    }
}

// Inputs x, dy → dw.
template <int taps>
void ComputeConvolutionKernel(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor x = call.Input(0), dy = call.Input(1);
  if (!call.ok()) return;
  const std::vector<int64_t> seen = Shape(x), given = Shape(dy);
  if (seen.size() != 4 || given.size() != 4 || seen[0] != given[0]) return call.Fail("x and dy must be [n,h,w,c]");
  const Convolution convolution(call, Data<float>(x), seen, given, taps);
  const Tensor dw = call.Output(0, TF_FLOAT, {taps, taps, seen[3], given[3]});
  if (!call.ok()) return;
  convolution.ComputeKernel(Data<float>(dy), Data<float>(dw), given[3]);
}

void ConvolutionShape(TF_ShapeInferenceContext* context, TF_Status* status) { NewShape(context, status).Then(0, 0).Then(0, 1).Then(0, 2).Then(1, 3); }

void StridedShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  NewShape shape(context, status);
  const int64_t taps = shape.SizeOf(1, 0), height = shape.SizeOf(0, 1), width = shape.SizeOf(0, 2);
  const bool known = taps >= 0 && height >= 0 && width >= 0;
  shape.Then(0, 0).Then(known ? Convolution::Halved(height, taps) : -1).Then(known ? Convolution::Halved(width, taps) : -1).Then(1, 3);
}

void ConvolutionInputShape(TF_ShapeInferenceContext* context, TF_Status* status) { NewShape(context, status).Then(1, 0).Then(1, 1).Then(1, 2).Then(0, 2); }

void ConvolutionStridedInputShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  NewShape shape(context, status);
  const int64_t taps = shape.SizeOf(0, 0), height = shape.SizeOf(1, 1), width = shape.SizeOf(1, 2);
  const bool known = taps >= 0 && height >= 0 && width >= 0;
  shape.Then(1, 0).Then(known ? Convolution::Doubled(height, taps) : -1).Then(known ? Convolution::Doubled(width, taps) : -1).Then(0, 2);
}

template <int taps>
void ConvolutionKernelShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  NewShape(context, status).Then(taps).Then(taps).Then(0, 3).Then(1, 3);
}

}  // namespace

void RegisterConvolutions(TF_Status* status) {
  const std::vector<const char*> plain = {"T: {float} = DT_FLOAT"};
  Define({"BitwConv", {"x: T", "w: T"}, {"y: T"}, plain, ConvolutionShape}, status);
  Define({"BitwConvStrided", {"x: T", "w: T"}, {"y: T"}, plain, StridedShape}, status);
  Define({"BitwConvInput", {"w: T", "dy: T"}, {"dx: T"}, plain, ConvolutionInputShape}, status);
  Define({"BitwConvStridedInput", {"w: T", "dy: T"}, {"dx: T"}, plain, ConvolutionStridedInputShape}, status);
  Define({"BitwConvKernel1", {"x: T", "dy: T"}, {"dw: T"}, plain, ConvolutionKernelShape<1>}, status);
  Define({"BitwConvKernel3", {"x: T", "dy: T"}, {"dw: T"}, plain, ConvolutionKernelShape<3>}, status);
  const auto implement = [&](const char* op, const char* label, Compute compute) { Implement(op, label, TF_FLOAT, nullptr, compute, nullptr, status); };
  implement("BitwConv", "bitw_conv", NoThrow<ComputeConvolution<1, false>>());
  implement("BitwConvStrided", "bitw_conv_strided", NoThrow<ComputeConvolution<2, false>>());
  implement("BitwConvInput", "bitw_conv_input", NoThrow<ComputeConvolution<1, true>>());
  implement("BitwConvStridedInput", "bitw_conv_strided_input", NoThrow<ComputeConvolutionStridedInput>());
  implement("BitwConvKernel1", "bitw_conv_kernel_1", NoThrow<ComputeConvolutionKernel<1>>());
  implement("BitwConvKernel3", "bitw_conv_kernel_3", NoThrow<ComputeConvolutionKernel<3>>());
}

}  // namespace bitw
