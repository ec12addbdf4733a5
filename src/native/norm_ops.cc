// GroupNorm with ReLU and its gradient.
#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <vector>

#include "math.h"
#include "op.h"
#include "ops.h"
#include "threads.h"

namespace bitw {
namespace {

// Of every GroupNorm (BiT, section 3.1).
constexpr int groups = 32;

struct NormAttributes {
  float epsilon = 1e-5f;
  bool relu = true;
};

void* CreateNorm(TF_OpKernelConstruction* construction) {
  std::unique_ptr<NormAttributes> attributes(new (std::nothrow) NormAttributes);
  Status status;
  if (attributes == nullptr) {
    TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, kOutOfMemory);
    TF_OpKernelConstruction_Failure(construction, status);
    return nullptr;
  }
  unsigned char relu = 1;
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &attributes->epsilon, status);
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(construction, "relu", &relu, status);
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status);
  attributes->relu = relu != 0;
  return attributes.release();
}

// How a batch is cut: a whole image a piece where there are enough images (then its second pass finds it in the cache), else rows.
struct Pieces {
  int64_t batch, pixels, each;
  Pieces(int64_t batch_size, int64_t pixel_count) : batch(batch_size), pixels(pixel_count), each(1) {
    const int64_t threads = ThreadCount();
    if (batch < threads) each = std::min(pixels, (threads + batch - 1) / std::max<int64_t>(1, batch));
  }
  int64_t count() const { return batch * each; }
  int64_t image(int64_t piece) const { return piece / each; }
  int64_t begin(int64_t piece) const { return (piece % each) * pixels / each; }
  int64_t end(int64_t piece) const { return (piece % each + 1) * pixels / each; }

  // Two passes over each image, between which what the first one summed is finished.
  template <typename Begin, typename Sum, typename Finish, typename Apply>
  void Visit(const Begin& begin_image, const Sum& sum_piece, const Finish& finish_image, const Apply& apply_piece) const {
    if (each == 1) {
      ParallelFor(batch, [&](int64_t n) {
        begin_image(n);
        sum_piece(n);
        finish_image(n);
        apply_piece(n);
      });
      return;
    }
    for (int64_t n = 0; n < batch; ++n) begin_image(n);
    ParallelFor(count(), sum_piece);
    for (int64_t n = 0; n < batch; ++n) finish_image(n);
    ParallelFor(count(), apply_piece);
  }
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

// Mean and scale of each channel of each image, from its groups' mean and inverse deviation; beta is the same for all.
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
bool NormFits(Call& call, const std::vector<int64_t>& shape, const Tensor& gamma, const Tensor& beta, const Tensor& mean, const Tensor& inverse) {
  if (shape.size() != 4 || shape[3] % groups != 0) call.Fail("x must be [n,h,w,c] with c a multiple of 32");
  else if (TF_TensorElementCount(gamma.get()) != shape[3] || TF_TensorElementCount(beta.get()) != shape[3]) call.Fail("gamma and beta must be [c]");
  else if (mean != nullptr && (TF_TensorElementCount(mean.get()) != shape[0] * groups || TF_TensorElementCount(inverse.get()) != shape[0] * groups))
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

  const auto begin_image = [&](int64_t n) {
    for (int c = 0; c < channels; ++c) origin[n * channels + c] = ToFloat(from[n * pieces.pixels * channels + c]);
  };
  const auto sum_piece = [&](int64_t piece) {
    const int64_t n = pieces.image(piece), begin = pieces.begin(piece);
    sums[piece].sum.assign(channels, 0.0);
    sums[piece].squares.assign(channels, 0.0);
    math.sums(from + (n * pieces.pixels + begin) * channels, pieces.end(piece) - begin, channels, &origin[n * channels], sums[piece].sum.data(),
              sums[piece].squares.data());
  };
  const auto finish_image = [&](int64_t n) {
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
    const int64_t n = pieces.image(piece), begin = pieces.begin(piece), offset = (n * pieces.pixels + begin) * channels;
    math.apply(from + offset, to + offset, pieces.end(piece) - begin, channels, table.Of(n), attributes.relu);
  };

  pieces.Visit(begin_image, sum_piece, finish_image, apply_piece);
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
  for (int64_t n = 0; n < shape[0]; ++n) table.Fill(n, Data<float>(mean) + n * groups, Data<float>(inverse) + n * groups, Data<float>(gamma));
  const Pieces pieces(shape[0], pixels);
  ParallelFor(pieces.count(), [&](int64_t piece) {
    const int64_t n = pieces.image(piece), begin = pieces.begin(piece), offset = (n * pixels + begin) * channels;
    MathOf(static_cast<T*>(nullptr))
        .apply(Data<T>(x) + offset, Data<T>(y) + offset, pieces.end(piece) - begin, channels, table.Of(n), static_cast<const NormAttributes*>(kernel)->relu);
  });
}

// Inputs dy, x, gamma, beta, mean, inverse and, where `add`, a gradient to be added to dx.
template <typename T, bool add>
void ComputeNormGradient(void* kernel, TF_OpKernelContext* context) {
  const auto& attributes = *static_cast<const NormAttributes*>(kernel);
  Call call(context);
  const Tensor dy = call.Input(0), x = call.Input(1), gamma = call.Input(2), beta = call.Input(3), mean = call.Input(4), inverse = call.Input(5),
               more = add ? call.Input(6) : nullptr;
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

  const auto begin_image = [&](int64_t n) { table.Fill(n, Data<float>(mean) + n * groups, Data<float>(inverse) + n * groups, Data<float>(gamma)); };
  const auto sum_piece = [&](int64_t piece) {
    const int64_t n = pieces.image(piece), begin = pieces.begin(piece), offset = (n * pieces.pixels + begin) * channels;
    sums[piece].dz.assign(channels, 0.0);
    sums[piece].dz_centred.assign(channels, 0.0);
    math.gradient_sums(Data<T>(dy) + offset, Data<T>(x) + offset, pieces.end(piece) - begin, channels, table.Of(n), relu, sums[piece].dz.data(),
                       sums[piece].dz_centred.data());
  };
  // dx = inverse·(γ·dz − Σγdz/N − x̂·Σγdz·x̂/N) with x̂ = (x − μ)·inverse, gathered as scale·dz + b·(x − μ) + c
  const auto finish_image = [&](int64_t n) {
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
    const int64_t n = pieces.image(piece), begin = pieces.begin(piece), offset = (n * pieces.pixels + begin) * channels;
    const int64_t pixels = pieces.end(piece) - begin;
    if (add)
      math.gradient_apply_add(Data<T>(dy) + offset, Data<T>(x) + offset, Data<T>(more) + offset, Data<T>(dx) + offset, pixels, channels, table.Of(n),
                              &b[n * channels], &c[n * channels], relu);
    else
      math.gradient_apply(Data<T>(dy) + offset, Data<T>(x) + offset, Data<T>(dx) + offset, pixels, channels, table.Of(n), &b[n * channels], &c[n * channels],
                          relu);
  };

  pieces.Visit(begin_image, sum_piece, finish_image, apply_piece);
  for (int i = 0; i < channels; ++i) {
    double gamma_sum = 0, beta_sum = 0;
    for (int64_t piece = 0; piece < pieces.count(); ++piece) {
      gamma_sum += sums[piece].dz_centred[i] * Data<float>(inverse)[pieces.image(piece) * groups + i / per_group];
      beta_sum += sums[piece].dz[i];
    }
    Data<float>(d_gamma)[i] = static_cast<float>(gamma_sum);
    Data<float>(d_beta)[i] = static_cast<float>(beta_sum);
  }
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
  for (int output = 1; output <= 2 && TF_GetCode(status) == TF_OK; ++output) TF_ShapeInferenceContextSetOutput(context, output, table, status);
  for (TF_ShapeHandle* handle : {x, batch, table, group}) TF_DeleteShapeHandle(handle);
}

void NormGradientShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  CopyShape(context, 1, 0, status);
  CopyShape(context, 2, 1, status);
  CopyShape(context, 3, 2, status);
}

}  // namespace

void RegisterNorms(TF_Status* status) {
  const std::vector<const char*> norm = {"T: {float, bfloat16} = DT_FLOAT", "epsilon: float = 1e-5", "relu: bool = true"};
  Define({"BitwGroupNorm", {"x: T", "gamma: float", "beta: float"}, {"y: T", "mean: float", "inverse: float"}, norm, NormShapes}, status);
  Define({"BitwGroupNormAgain", {"x: T", "gamma: float", "beta: float", "mean: float", "inverse: float"}, {"y: T"}, norm, SameShape}, status);
  Define({"BitwGroupNormGrad",
          {"dy: T", "x: T", "gamma: float", "beta: float", "mean: float", "inverse: float"},
          {"dx: T", "dgamma: float", "dbeta: float"},
          norm,
          NormGradientShapes},
         status);
  Define({"BitwGroupNormGradAdd",
          {"dy: T", "x: T", "gamma: float", "beta: float", "mean: float", "inverse: float", "more: T"},
          {"dx: T", "dgamma: float", "dbeta: float"},
          norm,
          NormGradientShapes},
         status);
  const auto implement = [&](const char* op, const char* label, TF_DataType type, Compute compute) {
    Implement(op, label, type, CreateNorm, compute, DeleteAttribute<NormAttributes>, status);
  };
  implement("BitwGroupNorm", "bitw_norm", TF_FLOAT, NoThrow<ComputeNorm<float>>());
  implement("BitwGroupNorm", "bitw_norm_bf16", TF_BFLOAT16, NoThrow<ComputeNorm<Bfloat16>>());
  implement("BitwGroupNormAgain", "bitw_norm_again", TF_FLOAT, NoThrow<ComputeNormAgain<float>>());
  implement("BitwGroupNormAgain", "bitw_norm_again_bf16", TF_BFLOAT16, NoThrow<ComputeNormAgain<Bfloat16>>());
  implement("BitwGroupNormGrad", "bitw_norm_grad", TF_FLOAT, NoThrow<ComputeNormGradient<float, false>>());
  implement("BitwGroupNormGrad", "bitw_norm_grad_bf16", TF_BFLOAT16, NoThrow<ComputeNormGradient<Bfloat16, false>>());
  implement("BitwGroupNormGradAdd", "bitw_norm_grad_add", TF_FLOAT, NoThrow<ComputeNormGradient<float, true>>());
  implement("BitwGroupNormGradAdd", "bitw_norm_grad_add_bf16", TF_BFLOAT16, NoThrow<ComputeNormGradient<Bfloat16, true>>());
}

}  // namespace bitw
