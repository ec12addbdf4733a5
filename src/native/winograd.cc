// Convolutions of 3 × 3 that keep the size, and the gradients of their kernels, with 16 products where 36 are the rule: Winograd's minimal filtering as in Lavin and
// Gray ("Fast Algorithms for Convolutional Neural Networks", 2016), F(2 × 2, 3 × 3) and F(3 × 3, 2 × 2). A tile is a window of 4 × 4 pixels, for 2 × 2 of the
// result. The input transform makes 16 other numbers of it, of which each meets its own of the kernel only; so there are 16 products of matrices, whose sums
// the inverse transform brings back. All factors are 0, ±1 and ±½, so that no digit is lost but by the sums. What is transformed stays in the second-level cache.
#include <algorithm>
#include <cstring>

#include "product.h"

namespace bitw {
namespace BITW_ISA {
namespace {

// Numbers of a tile, and of those along a side.
constexpr int kPoints = 16, kSide = 4;

// The transforms along one side, of input, kernel, and the result's gradient, and the inverse ones; numbers are `step` apart.
// Four pixels.
inline void InputTransform(const Vector* from, int step, Vector* to, int to_step) {
  const Vector a = from[0], b = from[step], c = from[2 * step], d = from[3 * step];
  to[0] = a - c;
  to[to_step] = b + c;
  to[2 * to_step] = c - b;
  to[3 * to_step] = b - d;
}

// Three taps of a kernel.
inline void KernelTransform(const Vector* from, int step, Vector* to, int to_step) {
  const Vector half = from[0] * 0.5f + from[2 * step] * 0.5f, middle = from[step] * 0.5f;
  to[0] = from[0];
  to[to_step] = half + middle;
  to[2 * to_step] = half - middle;
  to[3 * to_step] = from[2 * step];
}

// Two numbers of the result's gradient.
inline void GradientTransform(const Vector* from, int step, Vector* to, int to_step) {
  const Vector a = from[0], b = from[step];
  to[0] = a;
  to[to_step] = (a + b) * 0.5f;
  to[2 * to_step] = (a - b) * 0.5f;
  to[3 * to_step] = b;
}

// Two numbers of the result.
inline void InverseTransform(const Vector* from, int step, Vector* to, int to_step) {
  to[0] = from[0] + from[step] + from[2 * step];
  to[to_step] = from[step] - from[2 * step] - from[3 * step];
}

// Three taps of a kernel's gradient.
inline void KernelInverseTransform(const Vector* from, int step, Vector* to, int to_step) {
  to[0] = from[0] + from[step] + from[2 * step];
  to[to_step] = from[step] - from[2 * step];
  to[2 * to_step] = from[step] + from[2 * step] - from[3 * step];
}

using Transform = void (*)(const Vector*, int, Vector*, int);

// Both sides of a square, row by row: `size` × `size` numbers become `new_size` × `new_size`.
template <Transform transform, int size, int new_size>
inline void Transform2d(const Vector* from, Vector* to) {
  Vector half[size * new_size];
#pragma GCC unroll 16
  for (int i = 0; i < size; ++i) transform(from + i * size, 1, half + i * new_size, 1);
#pragma GCC unroll 16
  for (int j = 0; j < new_size; ++j) transform(half + j, new_size, to + j, new_size);
}

// Walks over the tiles, row by row and image by image. The last of a row or column may reach over the edge.
class Tiles {
 public:
  Tiles(const Pixels& x, int64_t index)
      : x_(x), across_(TilesAcross(x)), down_(TilesDown(x)), column_(index % across_), row_(index / across_ % down_), image_(index / across_ / down_) {}

  // Where the channels from `first` on of the window's 16 pixels are; `zeros` beyond the edges.
  void Window(int64_t first, const float* zeros, const float** pixels) const {
    for (int i = 0; i < kSide; ++i)
      for (int j = 0; j < kSide; ++j) {
        const float* pixel = Of(x_.at, x_.channels, 2 * row_ - 1 + i, 2 * column_ - 1 + j);
        pixels[i * kSide + j] = pixel == nullptr ? zeros : pixel + first;
      }
  }

  // The same for the 2 × 2 of the result; null beyond the edges.
  template <typename T>
  void Result(T* at, int64_t channels, T** pixels) const {
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j) pixels[i * 2 + j] = Of(at, channels, 2 * row_ + i, 2 * column_ + j);
  }

  void Next() {
    if (++column_ < across_) return;
    column_ = 0;
    if (++row_ < down_) return;
    row_ = 0;
    ++image_;
  }

 private:
  template <typename T>
  T* Of(T* at, int64_t channels, int64_t y, int64_t x) const {
    if (y < 0 || y >= x_.height || x < 0 || x >= x_.width) return nullptr;
    return at + ((image_ * x_.height + y) * x_.width + x) * channels;
  }

  const Pixels& x_;
  const int64_t across_, down_;
  int64_t column_, row_, image_;
};

// Rows, and the 16 points, lie so far apart that they do not fall into the same places of the cache.
constexpr int Padded(int numbers) { return numbers + 16; }

// Of a convolution: channels and columns that are transformed at once, and tiles of which the sums are kept.
constexpr int kDepth = 128, kBlockColumns = 64, kBlockTiles = 140;
// Channels of a kernel that are transformed at once.
constexpr int kPackedChannels = 16;
// Of a kernel's gradient: channels, columns and tiles.
constexpr int kGradientChannels = 64, kGradientColumns = 64, kGradientTiles = 64;
static_assert(kBlockColumns % kColumns == 0 && kGradientColumns % kColumns == 0, "");

struct ConvolutionScratch {
  alignas(64) float kernel[kPoints][Padded(kDepth * kBlockColumns)];
  alignas(64) float pixels[kPoints][kRows][Padded(kDepth)];
  alignas(64) float sums[kPoints][Padded(kBlockTiles * kBlockColumns)];
  alignas(64) float taps[9][kPackedChannels][kColumns];
};

struct GradientScratch {
  alignas(64) float pixels[kPoints][kGradientTiles][Padded(kGradientChannels)];
  alignas(64) float result[kPoints][Padded(kGradientTiles * kGradientColumns)];
  alignas(64) float sums[kPoints][Padded(kGradientChannels * kGradientColumns)];
};

// A block of tiles, channels [first, first + count) of them.
template <int step>
void TransformInput(const Pixels& x, int64_t tile, int tiles, int64_t first, int64_t count, float* to, int64_t point_step) {
  alignas(64) static const float zeros[kDepth] = {};
  Tiles at(x, tile);
  for (int t = 0; t < tiles; ++t, at.Next(), to += step) {
    const float* pixels[kPoints];
    at.Window(first, zeros, pixels);
    for (int64_t c = 0; c < count; c += kLanes) {
      Vector window[kPoints], transformed[kPoints];
#pragma GCC unroll 16
      for (int p = 0; p < kPoints; ++p) window[p] = LoadVector(pixels[p] + c);
      Transform2d<InputTransform, kSide, kSide>(window, transformed);
#pragma GCC unroll 16
      for (int p = 0; p < kPoints; ++p) StoreVector(transformed[p], to + p * point_step + c);
    }
  }
}

// Channels [channel, channel + deep) and columns [first, first + columns) of a kernel, in stripes of kColumns. Piece by piece, since nine taps far apart, which the
// processor does not foresee, fall into the same places of the cache: each piece asks for the next one's.
void TransformKernel(const float* w, bool transposed, int64_t channels, int64_t w_columns, int64_t channel, int64_t block_depth, int64_t first, int64_t columns,
                     ConvolutionScratch& to) {
  for (int64_t k = 0; k < block_depth; k += kPackedChannels) {
    for (int64_t stripe = 0; stripe < columns; stripe += kColumns) {
      for (int tap = 0; tap < 9; ++tap) {
        if (transposed) {
          for (int n = 0; n < kColumns; n += 4) {
            const float* from = w + ((8 - tap) * w_columns + first + stripe + n) * channels + channel + k;
            for (int i = 0; i < 4; ++i) __builtin_prefetch(from + i * channels + kPackedChannels, 0, 2);
            for (int i = 0; i < kPackedChannels; i += 4) Transpose4x4(from + i, channels, &to.taps[tap][i][n], kColumns);
          }
          continue;
        }
        for (int i = 0; i < kPackedChannels; ++i) {
          const float* from = w + (tap * channels + channel + k + i) * w_columns + first + stripe;
          for (int n = 0; n < kColumns; n += 16) __builtin_prefetch(from + kPackedChannels * w_columns + n, 0, 2);
          std::memcpy(to.taps[tap][i], from, sizeof to.taps[tap][i]);
        }
      }
      for (int i = 0; i < kPackedChannels; ++i) {
        for (int c = 0; c < kColumns; c += kLanes) {
          Vector taps[9], transformed[kPoints];
#pragma GCC unroll 16
          for (int tap = 0; tap < 9; ++tap) taps[tap] = LoadVector(to.taps[tap][i] + c);
          Transform2d<KernelTransform, 3, kSide>(taps, transformed);
#pragma GCC unroll 16
          for (int p = 0; p < kPoints; ++p) StoreVector(transformed[p], to.kernel[p] + stripe * block_depth + (k + i) * kColumns + c);
        }
      }
    }
  }
}

// The sums of a block of tiles become columns [first, first + columns) of the result.
void InverseTransformTiles(const Pixels& x, int64_t tile, int64_t tiles, const ConvolutionScratch& from, int64_t first, int64_t columns, float* y,
                           int64_t y_step) {
  Tiles at(x, tile);
  for (int64_t t = 0; t < tiles; ++t, at.Next()) {
    float* pixels[4];
    at.Result(y + first, y_step, pixels);
    for (int64_t c = 0; c < columns; c += kLanes) {
      Vector sums[kPoints], result[4];
#pragma GCC unroll 16
      for (int p = 0; p < kPoints; ++p) sums[p] = LoadVector(from.sums[p] + t * kBlockColumns + c);
      Transform2d<InverseTransform, kSide, 2>(sums, result);
      for (int p = 0; p < 4; ++p)
        if (pixels[p] != nullptr) StoreVector(result[p], pixels[p] + c);
    }
  }
}

}  // namespace

void WinogradConvolve(const Pixels& x, const float* w, bool transposed, float* y, int64_t y_step, int64_t first_tile, int64_t last_tile, int64_t first,
                      int64_t last) {
  ConvolutionScratch& scratch = ThreadScratch<ConvolutionScratch>();
  // where all channels are transformed at once, the kernel's stay for all tiles
  const bool is_one_block = x.channels <= kDepth;
  const int64_t tiles = last_tile - first_tile, parts = is_one_block ? 1 : (tiles + kBlockTiles - 1) / kBlockTiles;
  for (int64_t part = 0; part < parts; ++part) {
    const int64_t begin = first_tile + tiles * part / parts, end = first_tile + tiles * (part + 1) / parts;
    for (int64_t n = first; n < last; n += kBlockColumns) {
      const int64_t columns = std::min<int64_t>(kBlockColumns, last - n);
      for (int64_t k = 0; k < x.channels; k += kDepth) {
        const int64_t block_depth = std::min<int64_t>(kDepth, x.channels - k);
        TransformKernel(w, transposed, x.channels, y_step, k, block_depth, n, columns, scratch);
        ForRowBlocks(begin, end, [&](int64_t tile, int count) {
          TransformInput<Padded(kDepth)>(x, tile, count, k, block_depth, scratch.pixels[0][0], kRows * Padded(kDepth));
          const int64_t place = is_one_block ? 0 : tile - begin;
          const MicroKernel product = MicroKernelOf<true, Padded(kDepth)>(count);
          for (int p = 0; p < kPoints; ++p) {
            float* sums[kRows];
            for (int i = 0; i < count; ++i) sums[i] = scratch.sums[p] + (place + i) * kBlockColumns;
            for (int64_t stripe = 0; stripe < columns; stripe += kColumns)
              product(scratch.pixels[p][0], scratch.kernel[p] + stripe * block_depth, sums, stripe, block_depth, k > 0);
          }
          if (is_one_block) InverseTransformTiles(x, tile, count, scratch, n, columns, y, y_step);
        });
      }
      if (!is_one_block) InverseTransformTiles(x, begin, end - begin, scratch, n, columns, y, y_step);
    }
  }
}

void WinogradKernelGradient(const Pixels& x, const float* dy, float* dw, int64_t dw_step, int64_t first_channel, int64_t last_channel, int64_t first,
                            int64_t last) {
  GradientScratch& scratch = ThreadScratch<GradientScratch>();
  const int64_t tiles = TileCount(x);
  for (int64_t k = first_channel; k < last_channel; k += kGradientChannels) {
    const int64_t channels = std::min<int64_t>(kGradientChannels, last_channel - k);
    for (int64_t n = first; n < last; n += kGradientColumns) {
      const int64_t columns = std::min<int64_t>(kGradientColumns, last - n);
      for (int64_t tile = 0; tile < tiles; tile += kGradientTiles) {
        const int count = static_cast<int>(std::min<int64_t>(kGradientTiles, tiles - tile));
        TransformInput<Padded(kGradientChannels)>(x, tile, count, k, channels, scratch.pixels[0][0], kGradientTiles * Padded(kGradientChannels));
        Tiles at(x, tile);
        for (int t = 0; t < count; ++t, at.Next()) {
          const float* pixels[4];
          at.Result(dy + n, dw_step, pixels);
          for (int64_t c = 0; c < columns; c += kLanes) {
            Vector pair[4], transformed[kPoints];
#pragma GCC unroll 16
            for (int p = 0; p < 4; ++p) pair[p] = pixels[p] == nullptr ? Vector{} : LoadVector(pixels[p] + c);
            Transform2d<GradientTransform, 2, kSide>(pair, transformed);
            for (int p = 0; p < kPoints; ++p) StoreVector(transformed[p], scratch.result[p] + c / kColumns * kColumns * count + t * kColumns + c % kColumns);
          }
        }
        for (int p = 0; p < kPoints; ++p)
          ForRowBlocks(0, channels, [&](int64_t row, int rows) {
            const MicroKernel product = MicroKernelOf<false, Padded(kGradientChannels)>(rows);
            float* sums[kRows];
            for (int i = 0; i < rows; ++i) sums[i] = scratch.sums[p] + (row + i) * kGradientColumns;
            for (int64_t stripe = 0; stripe < columns; stripe += kColumns)
              product(scratch.pixels[p][0] + row, scratch.result[p] + stripe * count, sums, stripe, count, tile > 0);
          });
      }
      for (int64_t row = 0; row < channels; ++row)
        for (int64_t c = 0; c < columns; c += kLanes) {
          Vector sums[kPoints], result[9];
#pragma GCC unroll 16
          for (int p = 0; p < kPoints; ++p) sums[p] = LoadVector(scratch.sums[p] + row * kGradientColumns + c);
          Transform2d<KernelInverseTransform, kSide, 3>(sums, result);
#pragma GCC unroll 16
          for (int tap = 0; tap < 9; ++tap) StoreVector(result[tap], dw + (tap * x.channels + k + row) * dw_step + n + c);
        }
    }
  }
}

}  // namespace BITW_ISA
}  // namespace bitw
