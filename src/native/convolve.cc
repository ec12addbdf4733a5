// Convolutions in float32 and their gradients as products of matrices (product.h), compiled once for each instruction set like math.cc. The windows over the
// images are gathered as rows are packed into the first cache, so they are never laid out in memory.
#include <algorithm>
#include <cstring>

#include "product.h"

namespace bitw {
namespace BITW_ISA {
namespace {

// Of the block of the right matrix: half a megabyte.
constexpr int kDepth = 256, kBlockColumns = 512;
// Rows of the left one lie so far apart that they do not fall into the same places of the cache.
constexpr int kRowStep = kDepth + 16;
// The same where they come column by column: so many numbers each, of which kRows count.
constexpr int kColumnStep = kLanes < 8 ? 8 : kLanes;
// Groups of rows that come so at once, and pixels that are asked for before they do.
constexpr int kGroup = 8, kPixelsAhead = 8;
static_assert(kBlockColumns % kColumns == 0 && kRows <= kColumnStep, "");
// Numbers of the left one, either way.
constexpr int kByRow = kRows * kRowStep, kByColumn = kGroup * kDepth * kColumnStep;

// What a thread keeps: a block of the right matrix, rows of the left one, and where the pixels of a block's depth are.
struct Scratch {
  alignas(64) float right[kDepth * kBlockColumns];
  alignas(64) float left[kByRow > kByColumn ? kByRow : kByColumn];
  const float* pixels[kDepth];
};

// Walks over the places of the result, row by row and image by image.
class Place {
 public:
  Place(const Pixels& x, int64_t index)
      : x_(x), column_(index % x.out_width), row_(index / x.out_width % x.out_height), image_(index / x.out_width / x.out_height) {}

  // What the window's tap sees there; null beyond the edge.
  const float* Tap(int down, int across) const {
    const int64_t y = row_ * x_.stride - x_.margin_down + down, x = column_ * x_.stride - x_.margin_across + across;
    if (y < 0 || y >= x_.height || x < 0 || x >= x_.width) return nullptr;
    return x_.at + ((image_ * x_.height + y) * x_.width + x) * x_.channels;
  }

  float* Of(const Places& y) const { return y.at + ((image_ * y.height + row_ * y.step + y.down) * y.width + column_ * y.step + y.across) * y.columns; }

  void Next() {
    if (++column_ < x_.out_width) return;
    column_ = 0;
    if (++row_ < x_.out_height) return;
    row_ = 0;
    ++image_;
  }

 private:
  const Pixels& x_;
  int64_t column_, row_, image_;
};

// Stripes of kColumns columns, each `depth` rows; here `count` rows of them from `row` on, which lie row_step apart.
void PackRight(const float* from, int64_t row_step, int64_t columns, int64_t depth, int64_t row, int64_t count, float* to) {
  for (int64_t k = 0; k < count; ++k)
    for (int64_t first = 0; first < columns; first += kColumns)
      std::memcpy(to + first * depth + (row + k) * kColumns, from + k * row_step + first, sizeof(float) * kColumns);
}

// The same where columns lie column_step apart and rows close together.
void PackRightTransposed(const float* from, int64_t column_step, int64_t columns, int64_t depth, int64_t row, int64_t count, float* to) {
  for (int64_t first = 0; first < columns; first += kColumns, to += depth * kColumns)
    for (int64_t k = 0; k < count; k += 4)
      for (int n = 0; n < kColumns; n += 4) Transpose4x4(from + (first + n) * column_step + k, column_step, to + (row + k) * kColumns + n, kColumns);
}

// Copies numbers, and prefetches those that lie `distance` further on.
void CopyAndFetch(float* to, const float* from, int64_t count, int64_t distance) {
  for (int64_t i = 0; i < count; i += 16) __builtin_prefetch(from + distance + i);
  std::memcpy(to, from, sizeof(float) * count);
}

// Cuts [begin, begin + length) of a row of windows where the taps change: `part(tap, first channel, channels, offset)`.
template <typename Part>
void ForTaps(int64_t begin, int64_t length, int64_t channels, const Part& part) {
  for (int64_t done = 0; done < length;) {
    const int64_t tap = (begin + done) / channels, first = (begin + done) % channels, count = std::min(channels - first, length - done);
    part(static_cast<int>(tap), first, count, done);
    done += count;
  }
}

// Channels [begin, end) of the scratch's pixels, for groups of rows one after the other: a pixel's are read together, as they lie in the memory.
void PackColumns(Scratch& scratch, int64_t block_depth, int64_t begin, int64_t end, int64_t channels) {
  for (int64_t i = 0; i < block_depth; ++i) {
    const float* pixel = scratch.pixels[i];
    float* to = scratch.left + i * kColumnStep;
    if (i + kPixelsAhead < block_depth && scratch.pixels[i + kPixelsAhead] != nullptr)
      for (int64_t c = begin; c < end; c += 16) __builtin_prefetch(scratch.pixels[i + kPixelsAhead] + c);
    ForRowBlocks(begin, end, [&](int64_t row, int count) {
      if (pixel == nullptr) std::memset(to, 0, sizeof(float) * kColumnStep);
      // more than the rows that count may be read, except at a pixel's end
      else if (row + kColumnStep <= channels) std::memcpy(to, pixel + row, sizeof(float) * kColumnStep);
      else std::memcpy(to, pixel + row, sizeof(float) * count);
      to += kDepth * kColumnStep;
    });
  }
}

// Asks for what the next block of a kernel's gradient packs, piece by piece while the present one is computed: pixels [first, last), at most kDepth.
class Prefetcher {
 public:
  Prefetcher(const Pixels& x, const float* dy, int64_t dy_step, int64_t first, int64_t last)
      : place_(x, first), dy_(dy), dy_step_(dy_step), at_(first), last_(last) {}

  // So many pixels of it: channels [first_channel, last_channel) of x, `columns` of dy.
  void Fetch(int64_t count, int64_t first_channel, int64_t last_channel, int64_t columns) {
    for (const int64_t end = std::min(last_, at_ + count); at_ < end; ++at_, place_.Next()) {
      for (int64_t c = 0; c < columns; c += 16) __builtin_prefetch(dy_ + at_ * dy_step_ + c, 0, 2);
      const float* pixel = place_.Tap(0, 0);
      for (int64_t c = first_channel; c < last_channel && pixel != nullptr; c += 16) __builtin_prefetch(pixel + c, 0, 2);
    }
  }

 private:
  Place place_;
  const float* dy_;
  int64_t dy_step_, at_, last_;
};

}  // namespace

void Convolve(const Pixels& x, const Kernel& w, const Places& y, int64_t first_row, int64_t last_row, int64_t first, int64_t last) {
  Scratch& scratch = ThreadScratch<Scratch>();
  const int64_t depth = x.down * x.across * x.channels;
  if (depth == 0) {
    Place place(x, first_row);
    for (int64_t row = first_row; row < last_row; ++row, place.Next()) std::memset(place.Of(y) + first, 0, sizeof(float) * (last - first));
  }
  for (int64_t n = first; n < last; n += kBlockColumns) {
    const int64_t width = std::min<int64_t>(kBlockColumns, last - n);
    for (int64_t k = 0; k < depth; k += kDepth) {
      const int64_t block_depth = std::min<int64_t>(kDepth, depth - k);
      ForTaps(k, block_depth, x.channels, [&](int tap, int64_t channel, int64_t count, int64_t offset) {
        const int64_t of = (w.down + tap / x.across * w.step) * w.side + w.across + tap % x.across * w.step;
        if (w.transposed) PackRightTransposed(w.at + (of * y.columns + n) * x.channels + channel, x.channels, width, block_depth, offset, count, scratch.right);
        else PackRight(w.at + (of * x.channels + channel) * y.columns + n, y.columns, width, block_depth, offset, count, scratch.right);
      });
      ForRowBlocks(first_row, last_row, [&](int64_t row, int count) {
        float* c[kRows];
        Place place(x, row);
        for (int i = 0; i < count; ++i, place.Next()) {
          float* to = scratch.left + i * kRowStep;
          ForTaps(k, block_depth, x.channels, [&](int tap, int64_t channel, int64_t length, int64_t offset) {
            const float* pixel = place.Tap(tap / x.across, tap % x.across);
            if (pixel == nullptr) std::memset(to + offset, 0, sizeof(float) * length);
            else CopyAndFetch(to + offset, pixel + channel, length, count * x.channels);
          });
          c[i] = place.Of(y) + n;
        }
        const MicroKernel tile = MicroKernelOf<true, kRowStep>(count);
        for (int64_t j = 0; j < width; j += kColumns) tile(scratch.left, scratch.right + j * block_depth, c, j, block_depth, k > 0);
      });
    }
  }
}

void KernelGradient(const Pixels& x, const float* dy, float* dw, int64_t dw_step, int64_t first_row, int64_t last_row, int64_t first, int64_t last) {
  Scratch& scratch = ThreadScratch<Scratch>();
  const int64_t depth = x.images * x.out_height * x.out_width, blocks = (last_row - first_row + kRows - 1) / kRows;
  for (int64_t n = first; n < last; n += kBlockColumns) {
    const int64_t width = std::min<int64_t>(kBlockColumns, last - n);
    for (int64_t k = 0; k < depth; k += kDepth) {
      const int64_t block_depth = std::min<int64_t>(kDepth, depth - k);
      PackRight(dy + k * dw_step + n, dw_step, width, block_depth, 0, block_depth, scratch.right);
      // with more taps than one, pixels come again and again and are near already
      Prefetcher prefetcher(x, dy + n, dw_step, k + block_depth, x.down == 1 ? std::min(depth, k + 2 * kDepth) : 0);
      ForTaps(first_row, last_row - first_row, x.channels, [&](int tap, int64_t channel, int64_t channels, int64_t) {
        Place place(x, k);
        for (int64_t i = 0; i < block_depth; ++i, place.Next()) scratch.pixels[i] = place.Tap(tap / x.across, tap % x.across);
        for (int64_t begin = channel; begin < channel + channels; begin += kGroup * kRows) {
          const int64_t end = std::min<int64_t>(channel + channels, begin + kGroup * kRows);
          PackColumns(scratch, block_depth, begin, end, x.channels);
          float* left = scratch.left;
          ForRowBlocks(begin, end, [&](int64_t row, int count) {
            float* c[kRows];
            for (int i = 0; i < count; ++i) c[i] = dw + (tap * x.channels + row + i) * dw_step + n;
            const MicroKernel tile = MicroKernelOf<false, kColumnStep>(count);
            for (int64_t j = 0; j < width; j += kColumns) {
              prefetcher.Fetch(kDepth * kColumns / (blocks * width) + 1, first_row, last_row, width);
              tile(left, scratch.right + j * block_depth, c, j, block_depth, k > 0);
            }
            left += kDepth * kColumnStep;
          });
        }
      });
    }
  }
}

}  // namespace BITW_ISA
}  // namespace bitw
