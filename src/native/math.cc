// Compiled once for each instruction set, with BITW_ISA naming it. Plain loops over channels become vectors by the compiler; sums over pixels are
// written with vectors, which stay in registers.
#include "math.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "vectors.h"

namespace bitw {
namespace BITW_ISA {
namespace {

inline float Load(float value) { return value; }

inline float Load(Bfloat16 value) {
  const uint32_t bits = static_cast<uint32_t>(value.bits) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

inline void Store(float value, float* target) { *target = value; }

// To the nearest, ties to even; NaN stays NaN.
inline void Store(float value, Bfloat16* target) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const uint32_t quiet = (bits >> 16) | 0x40;
  target->bits = static_cast<uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? quiet : rounded);
}

// float32 sums over at most this many pixels, then into double: 1e-7 · √64 of error, and the double's cost is gone.
constexpr int64_t kBlockPixels = 64;

// Sums of so many channels at a time stay in registers while the pixels go by.
constexpr int kTile = 32 < 2 * kLanes ? 32 : 2 * kLanes;
constexpr int kVectors = kTile / kLanes;

inline void AddTo(double* sums, Vector v) {
  for (int i = 0; i < kLanes; ++i) sums[i] += v[i];
}

struct Terms {
  Vector one, other;
};

// Two sums over the pixels for each channel. `of_tile(c)` is asked for each tile of channels, and gives what a pixel adds: `(pixel, vector of the tile)` to Terms.
template <typename OfTile>
inline void TwoSums(int64_t pixels, int channels, double* sum_one, double* sum_other, const OfTile& of_tile) {
  for (int64_t begin = 0; begin < pixels; begin += kBlockPixels) {
    const int64_t end = std::min(pixels, begin + kBlockPixels);
    for (int c = 0; c < channels; c += kTile) {
      const auto terms = of_tile(c);
      Vector s1[2][kVectors] = {}, s2[2][kVectors] = {};
      const auto add = [&](int64_t p, int which) {
        for (int k = 0; k < kVectors; ++k) {
          const Terms of_pixel = terms(p, k);
          s1[which][k] += of_pixel.one;
          s2[which][k] += of_pixel.other;
        }
      };
      int64_t p = begin;
      for (; p + 2 <= end; p += 2) {
        add(p, 0);
        add(p + 1, 1);
      }
      if (p < end) add(p, 0);
      for (int k = 0; k < kVectors; ++k) {
        AddTo(sum_one + c + k * kLanes, s1[0][k] + s1[1][k]);
        AddTo(sum_other + c + k * kLanes, s2[0][k] + s2[1][k]);
      }
    }
  }
}

struct Tile {
  Vector of[kVectors];
};

inline Tile LoadTile(const float* from) {
  Tile tile;
  for (int k = 0; k < kVectors; ++k) tile.of[k] = LoadVector(from + k * kLanes);
  return tile;
}

template <typename T>
void Sums(const T* x, int64_t pixels, int channels, const float* origin, double* sum, double* sum_squares) {
  TwoSums(pixels, channels, sum, sum_squares, [=](int c) {
    const Tile start = LoadTile(origin + c);
    return [=](int64_t p, int k) {
      const Vector v = LoadVector(x + p * channels + c + k * kLanes) - start.of[k];
      return Terms{v, v * v};
    };
  });
}

template <typename T>
void Apply(const T* x, T* y, int64_t pixels, int channels, Channels norm, bool relu) {
  const float* __restrict mean = norm.mean;
  const float* __restrict scale = norm.scale;
  const float* __restrict beta = norm.beta;
  for (int64_t p = 0; p < pixels; ++p) {
    const T* in = x + p * channels;
    T* out = y + p * channels;
    if (relu) {
#pragma GCC ivdep
      for (int c = 0; c < channels; ++c) {
        const float v = (Load(in[c]) - mean[c]) * scale[c] + beta[c];
        Store(v < 0.0f ? 0.0f : v, out + c);
      }
    } else {
#pragma GCC ivdep
      for (int c = 0; c < channels; ++c) Store((Load(in[c]) - mean[c]) * scale[c] + beta[c], out + c);
    }
  }
}

// The forward pass decides by v < 0 and gives 0 there; where v is 0 or less nothing flows back.
inline float Open(float dy, float v, bool relu) { return !relu || v > 0.0f ? dy : 0.0f; }

template <typename T, bool relu>
void GradientSumsOf(const T* dy, const T* x, int64_t pixels, int channels, Channels norm, double* sum_dz, double* sum_dz_centred) {
  TwoSums(pixels, channels, sum_dz, sum_dz_centred, [=](int c) {
    const Tile mean = LoadTile(norm.mean + c), scale = LoadTile(norm.scale + c), beta = LoadTile(norm.beta + c);
    return [=](int64_t p, int k) {
      const Vector zero = {};
      const int64_t at = p * channels + c + k * kLanes;
      const Vector v = LoadVector(x + at) - mean.of[k];
      Vector dz = LoadVector(dy + at);
      if (relu) dz = v * scale.of[k] + beta.of[k] > zero ? dz : zero;
      return Terms{dz, dz * v};
    };
  });
}

template <typename T>
void GradientSums(const T* dy, const T* x, int64_t pixels, int channels, Channels norm, bool relu, double* sum_dz, double* sum_dz_centred) {
  (relu ? GradientSumsOf<T, true> : GradientSumsOf<T, false>)(dy, x, pixels, channels, norm, sum_dz, sum_dz_centred);
}

template <typename T, bool relu, bool add>
void GradientApplyOf(const T* dy, const T* x, const T* more, T* dx, int64_t pixels, int channels, Channels norm, const float* __restrict b,
                     const float* __restrict c) {
  const float* __restrict mean = norm.mean;
  const float* __restrict scale = norm.scale;
  const float* __restrict beta = norm.beta;
  for (int64_t p = 0; p < pixels; ++p) {
    const int64_t row = p * channels;
#pragma GCC ivdep
    for (int i = 0; i < channels; ++i) {
      const float v = Load(x[row + i]) - mean[i];
      const float dz = Open(Load(dy[row + i]), v * scale[i] + beta[i], relu);
      const float sum = scale[i] * dz + (b[i] * v + c[i]);
      Store(add ? sum + Load(more[row + i]) : sum, dx + row + i);
    }
  }
}

template <typename T>
void GradientApply(const T* dy, const T* x, T* dx, int64_t pixels, int channels, Channels norm, const float* b, const float* c, bool relu) {
  (relu ? GradientApplyOf<T, true, false> : GradientApplyOf<T, false, false>)(dy, x, nullptr, dx, pixels, channels, norm, b, c);
}

template <typename T>
void GradientApplyAdd(const T* dy, const T* x, const T* more, T* dx, int64_t pixels, int channels, Channels norm, const float* b, const float* c, bool relu) {
  (relu ? GradientApplyOf<T, true, true> : GradientApplyOf<T, false, true>)(dy, x, more, dx, pixels, channels, norm, b, c);
}

struct ColumnStatistics {
  float mean[kMaxColumns], inverse[kMaxColumns];
};

// Mean and 1/√(var + ε) of columns [first, last), with the first row as the origin.
ColumnStatistics StatisticsOf(const float* w, int64_t rows, int64_t columns, int64_t first, int64_t last, double epsilon) {
  ColumnStatistics found;
  const int count = static_cast<int>(last - first);
  double sum[kMaxColumns] = {}, squares[kMaxColumns] = {};
  const float* origin = w + first;
  for (int64_t begin = 0; begin < rows; begin += kBlockPixels) {
    const int64_t end = std::min(rows, begin + kBlockPixels);
    float s1[kMaxColumns] = {}, s2[kMaxColumns] = {};
    for (int64_t r = begin; r < end; ++r) {
      const float* __restrict row = w + r * columns + first;
      for (int c = 0; c < count; ++c) {
        const float d = row[c] - origin[c];
        s1[c] += d;
        s2[c] += d * d;
      }
    }
    for (int c = 0; c < count; ++c) {
      sum[c] += s1[c];
      squares[c] += s2[c];
    }
  }
  for (int c = 0; c < count; ++c) {
    const double offset = sum[c] / rows;
    found.mean[c] = static_cast<float>(origin[c] + offset);
    found.inverse[c] = static_cast<float>(1.0 / std::sqrt(std::max(0.0, squares[c] / rows - offset * offset) + epsilon));
  }
  return found;
}

void Standardize(const float* w, float* y, int64_t rows, int64_t columns, int64_t first, int64_t last, double epsilon) {
  const ColumnStatistics s = StatisticsOf(w, rows, columns, first, last, epsilon);
  const int count = static_cast<int>(last - first);
  for (int64_t r = 0; r < rows; ++r) {
    const float* in = w + r * columns + first;
    float* out = y + r * columns + first;
#pragma GCC ivdep
    for (int c = 0; c < count; ++c) out[c] = (in[c] - s.mean[c]) * s.inverse[c];
  }
}

// Σdy / rows and Σdy·ŵ / rows of each column.
struct GradientMeans {
  float plain[kMaxColumns], along[kMaxColumns];
};

GradientMeans MeansOf(const float* dy, const float* w, const ColumnStatistics& s, int64_t rows, int64_t columns, int64_t first, int64_t last) {
  GradientMeans found;
  const int count = static_cast<int>(last - first);
  double plain[kMaxColumns] = {}, along[kMaxColumns] = {};
  for (int64_t begin = 0; begin < rows; begin += kBlockPixels) {
    const int64_t end = std::min(rows, begin + kBlockPixels);
    float s1[kMaxColumns] = {}, s2[kMaxColumns] = {};
    for (int64_t r = begin; r < end; ++r) {
      const float* __restrict d = dy + r * columns + first;
      const float* __restrict v = w + r * columns + first;
      for (int c = 0; c < count; ++c) {
        s1[c] += d[c];
        s2[c] += d[c] * ((v[c] - s.mean[c]) * s.inverse[c]);
      }
    }
    for (int c = 0; c < count; ++c) {
      plain[c] += s1[c];
      along[c] += s2[c];
    }
  }
  for (int c = 0; c < count; ++c) {
    found.plain[c] = static_cast<float>(plain[c] / rows);
    found.along[c] = static_cast<float>(along[c] / rows);
  }
  return found;
}

void StandardizeGradient(const float* dy, const float* w, float* dw, int64_t rows, int64_t columns, int64_t first, int64_t last, double epsilon) {
  const ColumnStatistics s = StatisticsOf(w, rows, columns, first, last, epsilon);
  const GradientMeans m = MeansOf(dy, w, s, rows, columns, first, last);
  const int count = static_cast<int>(last - first);
  for (int64_t r = 0; r < rows; ++r) {
    const float* d = dy + r * columns + first;
    const float* v = w + r * columns + first;
    float* out = dw + r * columns + first;
#pragma GCC ivdep
    for (int c = 0; c < count; ++c) out[c] = s.inverse[c] * (d[c] - m.plain[c] - ((v[c] - s.mean[c]) * s.inverse[c]) * m.along[c]);
  }
}

void StandardizedMomentum(const float* w, const float* v, const float* g, float momentum, float rate, float* new_w, float* new_v, float* new_y, int64_t rows,
                          int64_t columns, int64_t first, int64_t last, double epsilon) {
  const ColumnStatistics s = StatisticsOf(w, rows, columns, first, last, epsilon);
  const GradientMeans m = MeansOf(g, w, s, rows, columns, first, last);
  const int count = static_cast<int>(last - first);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t row = r * columns + first;
#pragma GCC ivdep
    for (int c = 0; c < count; ++c) {
      const float dw = s.inverse[c] * (g[row + c] - m.plain[c] - ((w[row + c] - s.mean[c]) * s.inverse[c]) * m.along[c]);
      const float velocity = momentum * v[row + c] + dw;
      new_v[row + c] = velocity;
      new_w[row + c] = w[row + c] - rate * velocity;
    }
  }
  Standardize(new_w, new_y, rows, columns, first, last, epsilon);
}

void Momentum(const float* w, const float* v, const float* g, float momentum, float rate, float* new_w, float* new_v, int64_t first, int64_t last) {
#pragma GCC ivdep
  for (int64_t i = first; i < last; ++i) {
    const float velocity = momentum * v[i] + g[i];
    new_v[i] = velocity;
    new_w[i] = w[i] - rate * velocity;
  }
}

template <typename T>
NormMath<T> MakeNormMath() {
  return {Sums<T>, Apply<T>, GradientSums<T>, GradientApply<T>, GradientApplyAdd<T>};
}

}  // namespace

// convolve.cc
void Convolve(const Pixels&, const Kernel&, const Places&, int64_t, int64_t, int64_t, int64_t);
void KernelGradient(const Pixels&, const float*, float*, int64_t, int64_t, int64_t, int64_t, int64_t);
// winograd.cc
void WinogradConvolve(const Pixels&, const float*, bool, float*, int64_t, int64_t, int64_t, int64_t, int64_t);
void WinogradKernelGradient(const Pixels&, const float*, float*, int64_t, int64_t, int64_t, int64_t, int64_t);
// resize.cc
void Resize(const uint8_t*, const ResizeAxis&, const ResizeAxis&, uint8_t*, float*);

#define BITW_TEXT(name) #name
#define BITW_NAME(name) BITW_TEXT(name)

extern const Math math;
const Math math = {
    BITW_NAME(BITW_ISA), MakeNormMath<float>(), MakeNormMath<Bfloat16>(), Standardize, StandardizedMomentum, Momentum, StandardizeGradient, Convolve,
    KernelGradient,      WinogradConvolve,      WinogradKernelGradient,   Resize};

}  // namespace BITW_ISA
}  // namespace bitw
