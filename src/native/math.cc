// Compiled once for each instruction set, with BITW_ISA naming it. Plain loops over channels: the compiler makes vectors of them.
#include "math.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

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

struct Scratch {
  std::vector<float> first, second;
  float* First(int count) { return Zeroed(first, count); }
  float* Second(int count) { return Zeroed(second, count); }
  static float* Zeroed(std::vector<float>& values, int count) {
    values.assign(count, 0.0f);
    return values.data();
  }
};
thread_local Scratch scratch;

template <typename T>
void Sums(const T* x, int64_t pixels, int channels, const float* origin, double* sum, double* sum_squares) {
  for (int64_t begin = 0; begin < pixels; begin += kBlockPixels) {
    const int64_t end = std::min(pixels, begin + kBlockPixels);
    float* __restrict s1 = scratch.First(channels);
    float* __restrict s2 = scratch.Second(channels);
    int64_t p = begin;
    for (; p + 4 <= end; p += 4) {
      const T* __restrict r0 = x + p * channels;
      const T* __restrict r1 = r0 + channels;
      const T* __restrict r2 = r1 + channels;
      const T* __restrict r3 = r2 + channels;
      for (int c = 0; c < channels; ++c) {
        const float a = Load(r0[c]) - origin[c], b = Load(r1[c]) - origin[c], d = Load(r2[c]) - origin[c], e = Load(r3[c]) - origin[c];
        s1[c] += (a + b) + (d + e);
        s2[c] += (a * a + b * b) + (d * d + e * e);
      }
    }
    for (; p < end; ++p) {
      const T* __restrict r0 = x + p * channels;
      for (int c = 0; c < channels; ++c) {
        const float a = Load(r0[c]) - origin[c];
        s1[c] += a;
        s2[c] += a * a;
      }
    }
    for (int c = 0; c < channels; ++c) {
      sum[c] += s1[c];
      sum_squares[c] += s2[c];
    }
  }
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
  const float* __restrict mean = norm.mean;
  const float* __restrict scale = norm.scale;
  const float* __restrict beta = norm.beta;
  for (int64_t begin = 0; begin < pixels; begin += kBlockPixels) {
    const int64_t end = std::min(pixels, begin + kBlockPixels);
    float* __restrict s1 = scratch.First(channels);
    float* __restrict s2 = scratch.Second(channels);
    int64_t p = begin;
    for (; p + 2 <= end; p += 2) {
      const T* __restrict x0 = x + p * channels;
      const T* __restrict x1 = x0 + channels;
      const T* __restrict d0 = dy + p * channels;
      const T* __restrict d1 = d0 + channels;
      for (int c = 0; c < channels; ++c) {
        const float a = Load(x0[c]) - mean[c], b = Load(x1[c]) - mean[c];
        const float da = Open(Load(d0[c]), a * scale[c] + beta[c], relu), db = Open(Load(d1[c]), b * scale[c] + beta[c], relu);
        s1[c] += da + db;
        s2[c] += da * a + db * b;
      }
    }
    for (; p < end; ++p) {
      const T* __restrict x0 = x + p * channels;
      const T* __restrict d0 = dy + p * channels;
      for (int c = 0; c < channels; ++c) {
        const float a = Load(x0[c]) - mean[c];
        const float da = Open(Load(d0[c]), a * scale[c] + beta[c], relu);
        s1[c] += da;
        s2[c] += da * a;
      }
    }
    for (int c = 0; c < channels; ++c) {
      sum_dz[c] += s1[c];
      sum_dz_centred[c] += s2[c];
    }
  }
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
void GradientApplyAdd(const T* dy, const T* x, const T* more, T* dx, int64_t pixels, int channels, Channels norm, const float* b,
                      const float* c, bool relu) {
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

void StandardizeGradient(const float* dy, const float* w, float* dw, int64_t rows, int64_t columns, int64_t first, int64_t last,
                         double epsilon) {
  const ColumnStatistics s = StatisticsOf(w, rows, columns, first, last, epsilon);
  const GradientMeans m = MeansOf(dy, w, s, rows, columns, first, last);
  const int count = static_cast<int>(last - first);
  for (int64_t r = 0; r < rows; ++r) {
    const float* d = dy + r * columns + first;
    const float* v = w + r * columns + first;
    float* out = dw + r * columns + first;
#pragma GCC ivdep
    for (int c = 0; c < count; ++c)
      out[c] = s.inverse[c] * (d[c] - m.plain[c] - ((v[c] - s.mean[c]) * s.inverse[c]) * m.along[c]);
  }
}

void StandardizedMomentum(const float* w, const float* v, const float* g, float momentum, float rate, float* new_w, float* new_v,
                          float* new_y, int64_t rows, int64_t columns, int64_t first, int64_t last, double epsilon) {
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

void Momentum(const float* w, const float* v, const float* g, float momentum, float rate, float* new_w, float* new_v, int64_t first,
              int64_t last) {
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

#define BITW_TEXT(name) #name
#define BITW_NAME(name) BITW_TEXT(name)

extern const Math math;
const Math math = {BITW_NAME(BITW_ISA), MakeNormMath<float>(), MakeNormMath<Bfloat16>(), Standardize, StandardizedMomentum, Momentum,
                   StandardizeGradient};

}  // namespace BITW_ISA
}  // namespace bitw
