#include "ops.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "math.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"
#include "threads.h"

namespace bitw {
namespace {

struct DeleteTensor {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
};
struct DeleteStatus {
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
using Tensor = std::unique_ptr<TF_Tensor, DeleteTensor>;
using Status = std::unique_ptr<TF_Status, DeleteStatus>;

// One call of a kernel: its inputs and outputs, and the first failure, which is reported when the call ends.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    if (!ok()) TF_OpKernelContext_Failure(context_, status_.get());
  }

  bool ok() const { return TF_GetCode(status_.get()) == TF_OK; }

  void Fail(const char* message) {
    if (ok()) TF_SetStatus(status_.get(), TF_INVALID_ARGUMENT, message);
  }

  Tensor Input(int index) {
    TF_Tensor* tensor = nullptr;
    if (ok()) TF_GetInput(context_, index, &tensor, status_.get());
    return Tensor(tensor);
  }

  Tensor Output(int index, TF_DataType type, const std::vector<int64_t>& shape) {
    if (!ok()) return nullptr;
    return Tensor(TF_AllocateOutput(context_, index, type, shape.data(), static_cast<int>(shape.size()), Bytes(type, shape), status_.get()));
  }

  // In the place of one of the inputs where nobody else needs it any more.
  Tensor OutputOver(int index, const std::vector<int>& inputs, const std::vector<int64_t>& shape) {
    if (!ok()) return nullptr;
    int used = -1;
    return Tensor(TF_ForwardInputOrAllocateOutput(context_, inputs.data(), static_cast<int>(inputs.size()), index, shape.data(),
                                                  static_cast<int>(shape.size()), &used, status_.get()));
  }

  void Reserve(int64_t bytes) {
    if (!ok()) return;
    TF_AllocatorAttributes attributes;
    attributes.struct_size = TF_ALLOCATOR_ATTRIBUTES_STRUCT_SIZE;
    attributes.on_host = 1;
    const Tensor memory(TF_AllocateTemp(context_, TF_UINT8, &bytes, 1, &attributes, status_.get()));
  }

 private:
  static size_t Bytes(TF_DataType type, const std::vector<int64_t>& shape) {
    size_t bytes = TF_DataTypeSize(type);
    for (const int64_t size : shape) bytes *= static_cast<size_t>(size);
    return bytes;
  }

  TF_OpKernelContext* context_;
  Status status_;
};

template <typename T>
T* Data(const Tensor& tensor) {
  return static_cast<T*>(TF_TensorData(tensor.get()));
}

std::vector<int64_t> Shape(const Tensor& tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor.get()));
  for (size_t axis = 0; axis < shape.size(); ++axis) shape[axis] = TF_Dim(tensor.get(), static_cast<int>(axis));
  return shape;
}

// Of every GroupNorm (BiT, section 3.1).
constexpr int groups = 32;

struct NormAttributes {
  float epsilon = 1e-5f;
  bool relu = true;
};

void* CreateNorm(TF_OpKernelConstruction* construction) {
  auto attributes = std::make_unique<NormAttributes>();
  Status status(TF_NewStatus());
  unsigned char relu = 1;
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &attributes->epsilon, status.get());
  if (TF_GetCode(status.get()) == TF_OK) TF_OpKernelConstruction_GetAttrBool(construction, "relu", &relu, status.get());
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelConstruction_Failure(construction, status.get());
  attributes->relu = relu != 0;
  return attributes.release();
}

void DeleteNorm(void* attributes) { delete static_cast<NormAttributes*>(attributes); }

// How a batch is cut: a whole picture a piece where there are enough pictures (then its second pass finds it in the cache), else rows.
struct Pieces {
  int64_t batch, pixels, each;
  Pieces(int64_t batch_size, int64_t pixel_count) : batch(batch_size), pixels(pixel_count), each(1) {
    const int64_t threads = ThreadCount();
    if (batch < threads) each = std::min(pixels, (threads + batch - 1) / std::max<int64_t>(1, batch));
  }
  int64_t count() const { return batch * each; }
  int64_t picture(int64_t piece) const { return piece / each; }
  int64_t begin(int64_t piece) const { return (piece % each) * pixels / each; }
  int64_t end(int64_t piece) const { return (piece % each + 1) * pixels / each; }
};

const NormMath<float>& MathOf(const float*) { return BestMath().f32; }
const NormMath<Bfloat16>& MathOf(const Bfloat16*) { return BestMath().bf16; }

float ToFloat(float value) { return value; }
float ToFloat(Bfloat16 value) {
  const uint32_t bits = static_cast<uint32_t>(value.bits) << 16;
  float result;
  static_assert(sizeof result == sizeof bits, "");
  __builtin_memcpy(&result, &bits, sizeof result);
  return result;
}

// Mean and scale of each channel of each picture, from its groups' mean and inverse deviation; beta is the same for all.
struct NormTable {
  NormTable(int64_t batch, int channel_count, const float* beta_c)
      : channels(channel_count), mean(batch * channel_count), scale(batch * channel_count), beta(beta_c) {}

  void Fill(int64_t n, const float* group_mean, const float* group_inverse, const float* gamma) {
    const int per_group = channels / groups;
    for (int c = 0; c < channels; ++c) {
      mean[n * channels + c] = group_mean[c / per_group];
      scale[n * channels + c] = gamma[c] * group_inverse[c / per_group];
    }
  }

  Channels Of(int64_t n) const { return {&mean[n * channels], &scale[n * channels], beta}; }

  int channels;
  std::vector<float> mean, scale;
  const float* beta;
};

// Whether the inputs of a norm belong together; fails the call where not. `mean` and `inverse` null where they are yet to be found.
bool NormFits(Call& call, const std::vector<int64_t>& shape, const Tensor& gamma, const Tensor& beta, const Tensor& mean,
              const Tensor& inverse) {
  if (shape.size() != 4 || shape[3] % groups != 0) call.Fail("x must be [n,h,w,c] with c a multiple of 32");
  else if (TF_TensorElementCount(gamma.get()) != shape[3] || TF_TensorElementCount(beta.get()) != shape[3])
    call.Fail("gamma and beta must be [c]");
  else if (mean != nullptr && (TF_TensorElementCount(mean.get()) != shape[0] * groups ||
                               TF_TensorElementCount(inverse.get()) != shape[0] * groups))
    call.Fail("mean and inverse must be [n,32]");
  return call.ok();
}

template <typename T>
void ComputeNorm(void* kernel, TF_OpKernelContext* context) {
  const auto& attributes = *static_cast<const NormAttributes*>(kernel);
  Call call(context);
  const Tensor x = call.Input(0), gamma = call.Input(1), beta = call.Input(2);
  if (!call.ok()) return;
  const std::vector<int64_t> shape = Shape(x);
  if (!NormFits(call, shape, gamma, beta, nullptr, nullptr)) return;
  const int channels = static_cast<int>(shape[3]), per_group = channels / groups;
  const Tensor y = call.OutputOver(0, {0}, shape);
  const Tensor mean = call.Output(1, TF_FLOAT, {shape[0], groups}), inverse = call.Output(2, TF_FLOAT, {shape[0], groups});
  if (!call.ok()) return;

  const Pieces pieces(shape[0], shape[1] * shape[2]);
  const NormMath<T>& math = MathOf(static_cast<T*>(nullptr));
  const T* from = Data<T>(x);
  T* to = Data<T>(y);
  struct Sums {
    std::vector<double> sum, squares;
  };
  std::vector<Sums> sums(pieces.count());
  std::vector<float> origin(shape[0] * channels);
  NormTable table(shape[0], channels, Data<float>(beta));

  const auto begin_picture = [&](int64_t n) {
    for (int c = 0; c < channels; ++c) origin[n * channels + c] = ToFloat(from[n * pieces.pixels * channels + c]);
  };
  const auto sum_piece = [&](int64_t piece) {
    const int64_t n = pieces.picture(piece), begin = pieces.begin(piece);
    sums[piece].sum.assign(channels, 0.0);
    sums[piece].squares.assign(channels, 0.0);
    math.sums(from + (n * pieces.pixels + begin) * channels, pieces.end(piece) - begin, channels, &origin[n * channels],
              sums[piece].sum.data(), sums[piece].squares.data());
  };
  const auto finish_picture = [&](int64_t n) {
    const double count = static_cast<double>(pieces.pixels);
    std::vector<double> channel_mean(channels), channel_squares(channels);
    for (int c = 0; c < channels; ++c) {
      double sum = 0, squares = 0;
      for (int64_t piece = n * pieces.each; piece < (n + 1) * pieces.each; ++piece) {
        sum += sums[piece].sum[c];
        squares += sums[piece].squares[c];
      }
      channel_mean[c] = sum / count;         // of x − origin
      channel_squares[c] = squares / count;  // of its square
    }
    for (int g = 0; g < groups; ++g) {
      double group_mean = 0, variance = 0;
      for (int c = g * per_group; c < (g + 1) * per_group; ++c) group_mean += origin[n * channels + c] + channel_mean[c];
      group_mean /= per_group;
      for (int c = g * per_group; c < (g + 1) * per_group; ++c) {
        const double apart = origin[n * channels + c] - group_mean;
        variance += channel_squares[c] + 2 * apart * channel_mean[c] + apart * apart;
      }
      // the maximum keeps NaN, which must reach the loss
      variance = variance / per_group < 0 ? 0 : variance / per_group;
      Data<float>(mean)[n * groups + g] = static_cast<float>(group_mean);
      Data<float>(inverse)[n * groups + g] = static_cast<float>(1.0 / std::sqrt(variance + attributes.epsilon));
    }
    table.Fill(n, Data<float>(mean) + n * groups, Data<float>(inverse) + n * groups, Data<float>(gamma));
  };
  const auto apply_piece = [&](int64_t piece) {
    const int64_t n = pieces.picture(piece), begin = pieces.begin(piece), offset = (n * pieces.pixels + begin) * channels;
    math.apply(from + offset, to + offset, pieces.end(piece) - begin, channels, table.Of(n), attributes.relu);
  };

  if (pieces.each == 1) {
    ParallelFor(pieces.count(), [&](int64_t n) {
      begin_picture(n);
      sum_piece(n);
      finish_picture(n);
      apply_piece(n);
    });
    return;
  }
  for (int64_t n = 0; n < pieces.batch; ++n) begin_picture(n);
  ParallelFor(pieces.count(), sum_piece);
  for (int64_t n = 0; n < pieces.batch; ++n) finish_picture(n);
  ParallelFor(pieces.count(), apply_piece);
}

// Inputs x, gamma, beta, mean, inverse → y once more: cheaper than keeping it from the forward pass to the backward.
template <typename T>
void ComputeNormAgain(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor x = call.Input(0), gamma = call.Input(1), beta = call.Input(2), mean = call.Input(3), inverse = call.Input(4);
  if (!call.ok()) return;
  const std::vector<int64_t> shape = Shape(x);
  if (!NormFits(call, shape, gamma, beta, mean, inverse)) return;
  const int channels = static_cast<int>(shape[3]);
  const Tensor y = call.OutputOver(0, {0}, shape);
  if (!call.ok()) return;
  const int64_t pixels = shape[1] * shape[2];
  NormTable table(shape[0], channels, Data<float>(beta));
  for (int64_t n = 0; n < shape[0]; ++n)
    table.Fill(n, Data<float>(mean) + n * groups, Data<float>(inverse) + n * groups, Data<float>(gamma));
  const Pieces pieces(shape[0], pixels);
  ParallelFor(pieces.count(), [&](int64_t piece) {
    const int64_t n = pieces.picture(piece), begin = pieces.begin(piece), offset = (n * pixels + begin) * channels;
    MathOf(static_cast<T*>(nullptr))
        .apply(Data<T>(x) + offset, Data<T>(y) + offset, pieces.end(piece) - begin, channels, table.Of(n),
               static_cast<const NormAttributes*>(kernel)->relu);
  });
}

// Inputs dy, x, gamma, beta, mean, inverse and, where `add`, a gradient to be added to dx.
template <typename T, bool add>
void ComputeNormGradient(void* kernel, TF_OpKernelContext* context) {
  const auto& attributes = *static_cast<const NormAttributes*>(kernel);
  Call call(context);
  const Tensor dy = call.Input(0), x = call.Input(1), gamma = call.Input(2), beta = call.Input(3), mean = call.Input(4),
               inverse = call.Input(5), more = add ? call.Input(6) : nullptr;
  if (!call.ok()) return;
  const std::vector<int64_t> shape = Shape(x);
  if (!NormFits(call, shape, gamma, beta, mean, inverse)) return;
  if (Shape(dy) != shape || (add && Shape(more) != shape)) return call.Fail("dy must have the shape of x");
  const int channels = static_cast<int>(shape[3]), per_group = channels / groups;
  const Tensor dx = call.OutputOver(0, add ? std::vector<int>{0, 6, 1} : std::vector<int>{0, 1}, shape);
  const Tensor d_gamma = call.Output(1, TF_FLOAT, {channels}), d_beta = call.Output(2, TF_FLOAT, {channels});
  if (!call.ok()) return;

  const Pieces pieces(shape[0], shape[1] * shape[2]);
  const NormMath<T>& math = MathOf(static_cast<T*>(nullptr));
  const bool relu = attributes.relu;
  struct Sums {
    std::vector<double> dz, dz_centred;
  };
  std::vector<Sums> sums(pieces.count());
  const size_t all = shape[0] * channels;
  std::vector<float> b(all), c(all);
  NormTable table(shape[0], channels, Data<float>(beta));

  const auto begin_picture = [&](int64_t n) {
    table.Fill(n, Data<float>(mean) + n * groups, Data<float>(inverse) + n * groups, Data<float>(gamma));
  };
  const auto sum_piece = [&](int64_t piece) {
    const int64_t n = pieces.picture(piece), begin = pieces.begin(piece), offset = (n * pieces.pixels + begin) * channels;
    sums[piece].dz.assign(channels, 0.0);
    sums[piece].dz_centred.assign(channels, 0.0);
    math.gradient_sums(Data<T>(dy) + offset, Data<T>(x) + offset, pieces.end(piece) - begin, channels, table.Of(n), relu,
                       sums[piece].dz.data(), sums[piece].dz_centred.data());
  };
  // dx = inverse·(γ·dz − Σγdz/N − x̂·Σγdz·x̂/N) with x̂ = (x − μ)·inverse, gathered as scale·dz + b·(x − μ) + c
  const auto finish_picture = [&](int64_t n) {
    const double count = static_cast<double>(pieces.pixels) * per_group;
    for (int g = 0; g < groups; ++g) {
      double group_dz = 0, group_dz_centred = 0;
      for (int64_t piece = n * pieces.each; piece < (n + 1) * pieces.each; ++piece) {
        for (int i = g * per_group; i < (g + 1) * per_group; ++i) {
          group_dz += sums[piece].dz[i] * Data<float>(gamma)[i];
          group_dz_centred += sums[piece].dz_centred[i] * Data<float>(gamma)[i];
        }
      }
      const double inv = Data<float>(inverse)[n * groups + g];
      for (int i = g * per_group; i < (g + 1) * per_group; ++i) {
        b[n * channels + i] = static_cast<float>(-inv * inv * inv * group_dz_centred / count);
        c[n * channels + i] = static_cast<float>(-inv * group_dz / count);
      }
    }
  };
  const auto apply_piece = [&](int64_t piece) {
    const int64_t n = pieces.picture(piece), begin = pieces.begin(piece), offset = (n * pieces.pixels + begin) * channels;
    const int64_t pixels = pieces.end(piece) - begin;
    if (add)
      math.gradient_apply_add(Data<T>(dy) + offset, Data<T>(x) + offset, Data<T>(more) + offset, Data<T>(dx) + offset, pixels, channels,
                              table.Of(n), &b[n * channels], &c[n * channels], relu);
    else
      math.gradient_apply(Data<T>(dy) + offset, Data<T>(x) + offset, Data<T>(dx) + offset, pixels, channels, table.Of(n),
                          &b[n * channels], &c[n * channels], relu);
  };

  if (pieces.each == 1) {
    ParallelFor(pieces.count(), [&](int64_t n) {
      begin_picture(n);
      sum_piece(n);
      finish_picture(n);
      apply_piece(n);
    });
  } else {
    for (int64_t n = 0; n < pieces.batch; ++n) begin_picture(n);
    ParallelFor(pieces.count(), sum_piece);
    for (int64_t n = 0; n < pieces.batch; ++n) finish_picture(n);
    ParallelFor(pieces.count(), apply_piece);
  }
  for (int i = 0; i < channels; ++i) {
    double gamma_sum = 0, beta_sum = 0;
    for (int64_t piece = 0; piece < pieces.count(); ++piece) {
      gamma_sum += sums[piece].dz_centred[i] * Data<float>(inverse)[pieces.picture(piece) * groups + i / per_group];
      beta_sum += sums[piece].dz[i];
    }
    Data<float>(d_gamma)[i] = static_cast<float>(gamma_sum);
    Data<float>(d_beta)[i] = static_cast<float>(beta_sum);
  }
}

// [h,w,i,o] as [rows, columns].
struct Columns {
  int64_t rows = 1, columns = 1, blocks = 1;
  explicit Columns(const std::vector<int64_t>& shape) {
    for (size_t axis = 0; axis + 1 < shape.size(); ++axis) rows *= shape[axis];
    columns = shape.empty() ? 1 : shape.back();
    blocks = (columns + kMaxColumns - 1) / kMaxColumns;
  }
  int64_t first(int64_t block) const { return block * kMaxColumns; }
  int64_t last(int64_t block) const { return std::min(columns, (block + 1) * kMaxColumns); }
};

void* CreateStandardize(TF_OpKernelConstruction* construction) {
  auto epsilon = std::make_unique<float>(1e-10f);
  Status status(TF_NewStatus());
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", epsilon.get(), status.get());
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelConstruction_Failure(construction, status.get());
  return epsilon.release();
}

void DeleteStandardize(void* epsilon) { delete static_cast<float*>(epsilon); }

void ComputeStandardize(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor w = call.Input(0);
  if (!call.ok()) return;
  const Tensor y = call.OutputOver(0, {0}, Shape(w));
  if (!call.ok()) return;
  const Columns cut(Shape(w));
  ParallelFor(cut.blocks, [&](int64_t block) {
    BestMath().standardize(Data<float>(w), Data<float>(y), cut.rows, cut.columns, cut.first(block), cut.last(block),
                           *static_cast<const float*>(kernel));
  });
}

void ComputeStandardizeGradient(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor dy = call.Input(0), w = call.Input(1);
  if (!call.ok()) return;
  if (Shape(dy) != Shape(w)) return call.Fail("dy must have the shape of w");
  const Tensor dw = call.OutputOver(0, {0}, Shape(w));
  if (!call.ok()) return;
  const Columns cut(Shape(w));
  ParallelFor(cut.blocks, [&](int64_t block) {
    BestMath().standardize_gradient(Data<float>(dy), Data<float>(w), Data<float>(dw), cut.rows, cut.columns, cut.first(block),
                                    cut.last(block), *static_cast<const float*>(kernel));
  });
}

// Inputs w, v, g (of the standardized kernel), momentum, rate, y (whose memory is used again) → w', v', y'.
void ComputeStandardizedMomentum(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor w = call.Input(0), v = call.Input(1), g = call.Input(2), momentum = call.Input(3), rate = call.Input(4);
  if (!call.ok()) return;
  const std::vector<int64_t> shape = Shape(w);
  if (Shape(v) != shape || Shape(g) != shape) return call.Fail("v and g must have the shape of w");
  const Tensor new_w = call.OutputOver(0, {0}, shape), new_v = call.OutputOver(1, {1}, shape), new_y = call.OutputOver(2, {5}, shape);
  if (!call.ok()) return;
  const Columns cut(shape);
  ParallelFor(cut.blocks, [&](int64_t block) {
    BestMath().standardized_momentum(Data<float>(w), Data<float>(v), Data<float>(g), *Data<float>(momentum), *Data<float>(rate),
                                     Data<float>(new_w), Data<float>(new_v), Data<float>(new_y), cut.rows, cut.columns, cut.first(block),
                                     cut.last(block), *static_cast<const float*>(kernel));
  });
}

// Cuts a product's result for the threads: `part(first row, last row, first column, last column)`, rows in multiples of `grain`. Its depth is never cut, so
// that the parts change no bit.
template <typename Part>
void InParts(int64_t rows, int64_t columns, int64_t grain, const Part& part) {
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
    if (first < last) part(grains * i / down * grain, grains * (i + 1) / down * grain, first, last);
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
    if (!same && (given[1] != Halved(seen[1], taps) || given[2] != Halved(seen[2], taps))) call.Fail("pictures must have the convolution's sizes");
  }

  int taps() const { return pixels.down; }

  // Whether it takes fewer products, for which kernels must be brought over: that pays where they are used for some tiles.
  bool IsWinograd() const { return taps() == 3 && pixels.stride == 1 && TileCount(pixels) >= kFewTiles; }

  // y from w, or from w turned.
  void Compute(const float* w, bool turned, float* y, int64_t columns) const {
    if (!IsWinograd()) {
      const Kernel kernel = {w, turned, taps(), turned ? taps() - 1 : 0, turned ? taps() - 1 : 0, turned ? -1 : 1};
      return Convolve(pixels, kernel, {y, pixels.out_height, pixels.out_width, columns, 0, 0, 1});
    }
    InParts(TileCount(pixels), columns, 1, [&](int64_t first_tile, int64_t last_tile, int64_t first, int64_t last) {
      BestMath().winograd_convolve(pixels, w, turned, y, columns, first_tile, last_tile, first, last);
    });
  }

  void ComputeKernel(const float* dy, float* dw, int64_t columns) const {
    // all of the tiles are summed by one thread, so that few channels leave many threads idle
    const bool is_winograd = IsWinograd() && 2 * (pixels.channels / kChannelStep) * (columns / kChannelStep) >= ThreadCount();
    const auto compute = is_winograd ? BestMath().winograd_kernel_gradient : BestMath().kernel_gradient;
    const int64_t rows = is_winograd ? pixels.channels : taps() * taps() * pixels.channels;
    InParts(rows, columns, is_winograd ? kChannelStep : 1, [&](int64_t first_row, int64_t last_row, int64_t first, int64_t last) {
      compute(pixels, dy, dw, columns, first_row, last_row, first, last);
    });
  }

  static void Convolve(const Pixels& x, const Kernel& w, const Places& y) {
    InParts(x.pictures * x.out_height * x.out_width, y.columns, 1, [&](int64_t first_row, int64_t last_row, int64_t first, int64_t last) {
      BestMath().convolve(x, w, y, first_row, last_row, first, last);
    });
  }

  static int64_t Halved(int64_t size, int64_t taps) { return size < taps ? 0 : (size - taps) / 2 + 1; }
  // The even one of the two that are halved to it.
  static int64_t Doubled(int64_t size, int64_t taps) { return 2 * size + taps - 1; }
};

// Pictures, and a kernel whose `axis` has their channels.
bool ConvolutionFits(Call& call, const std::vector<int64_t>& pictures, const std::vector<int64_t>& kernel, int axis) {
  if (pictures.size() != 4 || kernel.size() != 4 || kernel[0] != kernel[1] || kernel[0] % 2 == 0 || kernel[axis] != pictures[3])
    call.Fail("pictures must be [n,h,w,c] and the kernel [k,k,i,o], k odd, with their channels");
  return call.ok();
}

// Inputs x, w → y. `stride` 1 keeps the size, with zeros around; 2 has no padding.
template <int stride>
void ComputeConvolution(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor x = call.Input(0), w = call.Input(1);
  if (!call.ok()) return;
  const std::vector<int64_t> seen = Shape(x), kernel = Shape(w);
  if (!ConvolutionFits(call, seen, kernel, 2)) return;
  std::vector<int64_t> given = seen;
  given[3] = kernel[3];
  for (int axis = 1; axis <= 2 && stride == 2; ++axis) given[axis] = Convolution::Halved(seen[axis], kernel[0]);
  const Convolution convolution(call, Data<float>(x), seen, given, static_cast<int>(kernel[0]));
  const Tensor y = call.Output(0, TF_FLOAT, given);
  if (!call.ok()) return;
  convolution.Compute(Data<float>(w), false, Data<float>(y), given[3]);
}

// Inputs w, dy → dx, of a convolution that keeps the size.
void ComputeConvolutionInput(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor w = call.Input(0), dy = call.Input(1);
  if (!call.ok()) return;
  const std::vector<int64_t> kernel = Shape(w), seen = Shape(dy);
  if (!ConvolutionFits(call, seen, kernel, 3)) return;
  std::vector<int64_t> given = seen;
  given[3] = kernel[2];
  const Convolution convolution(call, Data<float>(dy), seen, given, static_cast<int>(kernel[0]));
  const Tensor dx = call.Output(0, TF_FLOAT, given);
  if (!call.ok()) return;
  convolution.Compute(Data<float>(w), true, Data<float>(dx), given[3]);
}

// Inputs w, dy → dx, of a convolution of stride 2 without padding that saw pictures of even sizes.
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
      const Pixels pixels = {Data<float>(dy), seen[0], seen[1], seen[2], seen[3], given[1] / 2, given[2] / 2, taps_down, taps_across, 1, taps_down - 1, taps_across - 1};
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

// Inputs w, v, g, momentum, rate → w', v'.
void ComputeMomentum(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor w = call.Input(0), v = call.Input(1), g = call.Input(2), momentum = call.Input(3), rate = call.Input(4);
  if (!call.ok()) return;
  const std::vector<int64_t> shape = Shape(w);
  if (Shape(v) != shape || Shape(g) != shape) return call.Fail("v and g must have the shape of w");
  const Tensor new_w = call.OutputOver(0, {0}, shape), new_v = call.OutputOver(1, {1}, shape);
  if (!call.ok()) return;
  const int64_t count = TF_TensorElementCount(w.get()), each = 1 << 16, pieces = (count + each - 1) / each;
  ParallelFor(pieces, [&](int64_t piece) {
    BestMath().momentum(Data<float>(w), Data<float>(v), Data<float>(g), *Data<float>(momentum), *Data<float>(rate), Data<float>(new_w),
                        Data<float>(new_v), piece * each, std::min(count, (piece + 1) * each));
  });
}

void CopyShape(TF_ShapeInferenceContext* context, int input, int output, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, input, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output, shape, status);
  TF_DeleteShapeHandle(shape);
}

// Asks for memory and gives it back. oneDNN's kernels end the process where memory runs out in the midst of their work; asked for
// beforehand, its lack is an error like any other.
void* CreateReserve(TF_OpKernelConstruction* construction) {
  auto bytes = std::make_unique<int64_t>(0);
  Status status(TF_NewStatus());
  TF_OpKernelConstruction_GetAttrInt64(construction, "bytes", bytes.get(), status.get());
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelConstruction_Failure(construction, status.get());
  return bytes.release();
}

void DeleteReserve(void* bytes) { delete static_cast<int64_t*>(bytes); }

void ComputeReserve(void* kernel, TF_OpKernelContext* context) {
  const int64_t bytes = *static_cast<const int64_t*>(kernel);
  Call call(context);
  call.Reserve(bytes);
  const Tensor reserved = call.Output(0, TF_FLOAT, {});
  if (call.ok()) *Data<float>(reserved) = static_cast<float>(bytes);
}

void ScalarShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* scalar = TF_ShapeInferenceContextScalar(context);
  TF_ShapeInferenceContextSetOutput(context, 0, scalar, status);
  TF_DeleteShapeHandle(scalar);
}

void SameShape(TF_ShapeInferenceContext* context, TF_Status* status) { CopyShape(context, 0, 0, status); }

void TwoLikeFirst(TF_ShapeInferenceContext* context, TF_Status* status) {
  CopyShape(context, 0, 0, status);
  CopyShape(context, 0, 1, status);
}

void ThreeLikeFirst(TF_ShapeInferenceContext* context, TF_Status* status) {
  TwoLikeFirst(context, status);
  CopyShape(context, 0, 2, status);
}

// y like x; mean and inverse [n,32].
void NormShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  CopyShape(context, 0, 0, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeHandle* x = TF_NewShapeHandle();
  TF_ShapeHandle* batch = TF_NewShapeHandle();
  TF_ShapeHandle* table = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, x, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSubshape(context, x, 0, 1, batch, status);
  TF_ShapeHandle* group = TF_ShapeInferenceContextVectorFromSize(context, groups);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextConcatenateShapes(context, batch, group, table, status);
  for (int output = 1; output <= 2 && TF_GetCode(status) == TF_OK; ++output)
    TF_ShapeInferenceContextSetOutput(context, output, table, status);
  for (TF_ShapeHandle* handle : {x, batch, table, group}) TF_DeleteShapeHandle(handle);
}

void NormGradientShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  CopyShape(context, 1, 0, status);
  CopyShape(context, 2, 1, status);
  CopyShape(context, 3, 2, status);
}

// The first output's shape, put together from axes of the inputs and from numbers. What is not known yet stays unknown.
class NewShape {
 public:
  NewShape(TF_ShapeInferenceContext* context, TF_Status* status)
      : context_(context), status_(status), shape_(TF_ShapeInferenceContextScalar(context)) {}
  ~NewShape() {
    if (ok() && all_known_) TF_ShapeInferenceContextSetOutput(context_, 0, shape_, status_);
    if (ok() && !all_known_) TF_ShapeInferenceContextSetUnknownShape(context_, status_);
    TF_DeleteShapeHandle(shape_);
  }

  // -1 where it is not known.
  int64_t SizeOf(int input, int axis) {
    TF_ShapeHandle* shape = TF_NewShapeHandle();
    TF_DimensionHandle* size = TF_NewDimensionHandle();
    TF_ShapeInferenceContextGetInput(context_, input, shape, status_);
    if (ok()) TF_ShapeInferenceContextWithRank(context_, shape, 4, shape, status_);
    if (ok()) TF_ShapeInferenceContextDim(context_, shape, axis, size);
    const int64_t value = ok() && TF_DimensionHandleValueKnown(size) ? TF_DimensionHandleValue(size) : -1;
    TF_DeleteDimensionHandle(size);
    TF_DeleteShapeHandle(shape);
    return value;
  }

  NewShape& Then(int64_t size) {
    all_known_ = all_known_ && size >= 0;
    if (!ok() || !all_known_) return *this;
    TF_ShapeHandle* axis = TF_ShapeInferenceContextVectorFromSize(context_, static_cast<size_t>(size));
    TF_ShapeHandle* longer = TF_NewShapeHandle();
    TF_ShapeInferenceContextConcatenateShapes(context_, shape_, axis, longer, status_);
    TF_DeleteShapeHandle(axis);
    TF_DeleteShapeHandle(shape_);
    shape_ = longer;
    return *this;
  }

  NewShape& Then(int input, int axis) { return Then(SizeOf(input, axis)); }

 private:
  bool ok() const { return TF_GetCode(status_) == TF_OK; }

  TF_ShapeInferenceContext* context_;
  TF_Status* status_;
  TF_ShapeHandle* shape_;
  bool all_known_ = true;
};

void ConvolutionShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  NewShape(context, status).Then(0, 0).Then(0, 1).Then(0, 2).Then(1, 3);
}

void StridedShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  NewShape shape(context, status);
  const int64_t taps = shape.SizeOf(1, 0), height = shape.SizeOf(0, 1), width = shape.SizeOf(0, 2);
  const bool known = taps >= 0 && height >= 0 && width >= 0;
  shape.Then(0, 0).Then(known ? Convolution::Halved(height, taps) : -1).Then(known ? Convolution::Halved(width, taps) : -1).Then(1, 3);
}

void ConvolutionInputShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  NewShape(context, status).Then(1, 0).Then(1, 1).Then(1, 2).Then(0, 2);
}

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

struct Definition {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  void (*shapes)(TF_ShapeInferenceContext*, TF_Status*);
};

using Compute = void (*)(void*, TF_OpKernelContext*);

void Define(const Definition& definition, TF_Status* status) {
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(definition.name);
  for (const char* text : definition.attributes) TF_OpDefinitionBuilderAddAttr(builder, text);
  for (const char* text : definition.inputs) TF_OpDefinitionBuilderAddInput(builder, text);
  for (const char* text : definition.outputs) TF_OpDefinitionBuilderAddOutput(builder, text);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, definition.shapes);
  TF_RegisterOpDefinition(builder, status);
}

// `type` 0: an operation without a type of its own.
void Implement(const char* op, const char* label, TF_DataType type, void* (*create)(TF_OpKernelConstruction*), Compute compute,
               void (*remove)(void*), TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_KernelBuilder* builder = TF_NewKernelBuilder(op, "CPU", create, compute, remove);
  if (type != 0) TF_KernelBuilder_TypeConstraint(builder, "T", type, status);
  if (TF_GetCode(status) == TF_OK) TF_RegisterKernelBuilder(label, builder, status);
}

}  // namespace

std::string RegisterOps() {
  const std::vector<const char*> norm = {"T: {float, bfloat16} = DT_FLOAT", "epsilon: float = 1e-5", "relu: bool = true"};
  const std::vector<const char*> standard = {"T: {float} = DT_FLOAT", "epsilon: float = 1e-10"};
  const std::vector<const char*> plain = {"T: {float} = DT_FLOAT"};
  const Definition definitions[] = {
      {"BitwGroupNorm", {"x: T", "gamma: float", "beta: float"}, {"y: T", "mean: float", "inverse: float"}, norm, NormShapes},
      {"BitwGroupNormAgain", {"x: T", "gamma: float", "beta: float", "mean: float", "inverse: float"}, {"y: T"}, norm, SameShape},
      {"BitwGroupNormGrad",
       {"dy: T", "x: T", "gamma: float", "beta: float", "mean: float", "inverse: float"},
       {"dx: T", "dgamma: float", "dbeta: float"},
       norm,
       NormGradientShapes},
      {"BitwGroupNormGradAdd",
       {"dy: T", "x: T", "gamma: float", "beta: float", "mean: float", "inverse: float", "more: T"},
       {"dx: T", "dgamma: float", "dbeta: float"},
       norm,
       NormGradientShapes},
      {"BitwConv", {"x: T", "w: T"}, {"y: T"}, plain, ConvolutionShape},
      {"BitwConvStrided", {"x: T", "w: T"}, {"y: T"}, plain, StridedShape},
      {"BitwConvInput", {"w: T", "dy: T"}, {"dx: T"}, plain, ConvolutionInputShape},
      {"BitwConvStridedInput", {"w: T", "dy: T"}, {"dx: T"}, plain, ConvolutionStridedInputShape},
      {"BitwConvKernel1", {"x: T", "dy: T"}, {"dw: T"}, plain, ConvolutionKernelShape<1>},
      {"BitwConvKernel3", {"x: T", "dy: T"}, {"dw: T"}, plain, ConvolutionKernelShape<3>},
      {"BitwReserve", {}, {"reserved: float"}, {"bytes: int"}, ScalarShape},
      {"BitwStandardize", {"w: T"}, {"y: T"}, standard, SameShape},
      {"BitwStandardizeGrad", {"dy: T", "w: T"}, {"dw: T"}, standard, SameShape},
      {"BitwStandardizedMomentum",
       {"w: T", "v: T", "g: T", "momentum: float", "rate: float", "y: T"},
       {"new_w: T", "new_v: T", "new_y: T"},
       standard,
       ThreeLikeFirst},
      {"BitwMomentum",
       {"w: T", "v: T", "g: T", "momentum: float", "rate: float"},
       {"new_w: T", "new_v: T"},
       plain,
       TwoLikeFirst},
  };
  Status status(TF_NewStatus());
  for (const Definition& definition : definitions) {
    Define(definition, status.get());
    if (TF_GetCode(status.get()) != TF_OK) return TF_Message(status.get());
  }
  TF_Status* s = status.get();
  Implement("BitwGroupNorm", "bitw_norm", TF_FLOAT, CreateNorm, ComputeNorm<float>, DeleteNorm, s);
  Implement("BitwGroupNorm", "bitw_norm_bf16", TF_BFLOAT16, CreateNorm, ComputeNorm<Bfloat16>, DeleteNorm, s);
  Implement("BitwGroupNormAgain", "bitw_norm_again", TF_FLOAT, CreateNorm, ComputeNormAgain<float>, DeleteNorm, s);
  Implement("BitwGroupNormAgain", "bitw_norm_again_bf16", TF_BFLOAT16, CreateNorm, ComputeNormAgain<Bfloat16>, DeleteNorm, s);
  Implement("BitwGroupNormGrad", "bitw_norm_grad", TF_FLOAT, CreateNorm, ComputeNormGradient<float, false>, DeleteNorm, s);
  Implement("BitwGroupNormGrad", "bitw_norm_grad_bf16", TF_BFLOAT16, CreateNorm, ComputeNormGradient<Bfloat16, false>, DeleteNorm, s);
  Implement("BitwGroupNormGradAdd", "bitw_norm_grad_add", TF_FLOAT, CreateNorm, ComputeNormGradient<float, true>, DeleteNorm, s);
  Implement("BitwGroupNormGradAdd", "bitw_norm_grad_add_bf16", TF_BFLOAT16, CreateNorm, ComputeNormGradient<Bfloat16, true>, DeleteNorm, s);
  Implement("BitwStandardize", "bitw_standardize", TF_FLOAT, CreateStandardize, ComputeStandardize, DeleteStandardize, s);
  Implement("BitwStandardizeGrad", "bitw_standardize_grad", TF_FLOAT, CreateStandardize, ComputeStandardizeGradient, DeleteStandardize, s);
  Implement("BitwStandardizedMomentum", "bitw_standardized_momentum", TF_FLOAT, CreateStandardize, ComputeStandardizedMomentum,
            DeleteStandardize, s);
  Implement("BitwReserve", "bitw_reserve", static_cast<TF_DataType>(0), CreateReserve, ComputeReserve, DeleteReserve, s);
  Implement("BitwConv", "bitw_conv", TF_FLOAT, nullptr, ComputeConvolution<1>, nullptr, s);
  Implement("BitwConvStrided", "bitw_conv_strided", TF_FLOAT, nullptr, ComputeConvolution<2>, nullptr, s);
  Implement("BitwConvInput", "bitw_conv_input", TF_FLOAT, nullptr, ComputeConvolutionInput, nullptr, s);
  Implement("BitwConvStridedInput", "bitw_conv_strided_input", TF_FLOAT, nullptr, ComputeConvolutionStridedInput, nullptr, s);
  Implement("BitwConvKernel1", "bitw_conv_kernel_1", TF_FLOAT, nullptr, ComputeConvolutionKernel<1>, nullptr, s);
  Implement("BitwConvKernel3", "bitw_conv_kernel_3", TF_FLOAT, nullptr, ComputeConvolutionKernel<3>, nullptr, s);
  Implement("BitwMomentum", "bitw_momentum", TF_FLOAT, nullptr, ComputeMomentum, nullptr, s);
  return TF_GetCode(s) == TF_OK ? "" : TF_Message(s);
}

}  // namespace bitw
