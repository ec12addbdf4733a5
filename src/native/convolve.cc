// Convolutions in float32 and their gradients as products of matrices (product.h), compiled once for each instruction set like math.cc. The windows over the
// pictures are gathered as rows are brought into the first cache, so they are never laid out in memory.
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
static_assert(kBlockColumns % kColumns == 0 && kRows <= kColumnStep, "");

// What a thread keeps: a block of the right matrix, rows of the left one, and where the pixels of a block's depth are.
struct Scratch {
  alignas(64) float right[kDepth * kBlockColumns];
  alignas(64) float left[kRows * kRowStep > kDepth * kColumnStep ? kRows * kRowStep : kDepth * kColumnStep];
  const float* pixels[kDepth];
};

// Rows [first, last) of the result. `pack(row, count)` lays out the left rows.
template <bool by_row, typename Pack>
void Rows(int64_t first, int64_t last, const float* left, const float* right, float* c, int64_t c_step, int64_t columns, int64_t depth, bool add,
          const Pack& pack) {
  ByRows(first, last, [&](int64_t row, int count) {
    pack(row, count);
    const TileFunction tile = TileOf<by_row, by_row ? kRowStep : kColumnStep>(count);
    for (int64_t j = 0; j < columns; j += kColumns) tile(left, right + j * depth, c + row * c_step + j, c_step, depth, add);
  });
}

// Walks over the places of the result, row by row and picture by picture.
class Place {
 public:
  Place(const Pixels& x, int64_t index) : x_(x), column_(index % x.out_width), row_(index / x.out_width % x.out_height), picture_(index / x.out_width / x.out_height) {}

  // What the window's tap sees there; null beyond the edge.
  const float* Tap(int down, int across) const {
    const int64_t y = row_ * x_.stride - x_.margin + down, x = column_ * x_.stride - x_.margin + across;
    if (y < 0 || y >= x_.height || x < 0 || x >= x_.width) return nullptr;
    return x_.at + ((picture_ * x_.height + y) * x_.width + x) * x_.channels;
  }

  void Next() {
    if (++column_ < x_.out_width) return;
    column_ = 0;
    if (++row_ < x_.out_height) return;
    row_ = 0;
    ++picture_;
  }

 private:
  const Pixels& x_;
  int64_t column_, row_, picture_;
};

// Stripes of kColumns columns, each `depth` rows; here `count` rows of them from `row` on, which lie row_step apart.
void PackRight(const float* from, int64_t row_step, int64_t columns, int64_t depth, int64_t row, int64_t count, float* to) {
  for (int64_t k = 0; k < count; ++k)
    for (int64_t first = 0; first < columns; first += kColumns)
      std::memcpy(to + first * depth + (row + k) * kColumns, from + k * row_step + first, sizeof(float) * kColumns);
}

// The same where columns lie column_step apart and rows close together.
void PackRightTurned(const float* from, int64_t column_step, int64_t columns, int64_t depth, int64_t row, int64_t count, float* to) {
  for (int64_t first = 0; first < columns; first += kColumns, to += depth * kColumns)
    for (int64_t k = 0; k < count; k += 4)
      for (int n = 0; n < kColumns; n += 4) Turn(from + (first + n) * column_step + k, column_step, to + (row + k) * kColumns + n, kColumns);
}

// Copies numbers, and asks for those that lie `ahead` of them.
void CopyAndFetch(float* to, const float* from, int64_t count, int64_t ahead) {
  for (int64_t i = 0; i < count; i += 16) __builtin_prefetch(from + ahead + i);
  std::memcpy(to, from, sizeof(float) * count);
}

// Cuts [begin, begin + length) of a row of windows where the taps change: `part(tap, first channel, channels, offset)`.
template <typename Part>
void ByTap(int64_t begin, int64_t length, int64_t channels, const Part& part) {
  for (int64_t done = 0; done < length;) {
    const int64_t tap = (begin + done) / channels, first = (begin + done) % channels, count = std::min(channels - first, length - done);
    part(static_cast<int>(tap), first, count, done);
    done += count;
  }
}

}  // namespace

void Convolve(const Pixels& x, const float* w, bool turned, float* y, int64_t y_step, int64_t first_row, int64_t last_row, int64_t first, int64_t last) {
  Scratch& scratch = OfThisThread<Scratch>();
  const int64_t taps = x.taps * x.taps, depth = taps * x.channels;
  for (int64_t n = first; n < last; n += kBlockColumns) {
    const int64_t width = std::min<int64_t>(kBlockColumns, last - n);
    for (int64_t k = 0; k < depth; k += kDepth) {
      const int64_t deep = std::min<int64_t>(kDepth, depth - k);
      ByTap(k, deep, x.channels, [&](int tap, int64_t channel, int64_t count, int64_t offset) {
        if (turned) PackRightTurned(w + ((taps - 1 - tap) * y_step + n) * x.channels + channel, x.channels, width, deep, offset, count, scratch.right);
        else PackRight(w + (tap * x.channels + channel) * y_step + n, y_step, width, deep, offset, count, scratch.right);
      });
      const auto pack = [&](int64_t row, int count) {
        Place place(x, row);
        for (int i = 0; i < count; ++i, place.Next()) {
          float* to = scratch.left + i * kRowStep;
          ByTap(k, deep, x.channels, [&](int tap, int64_t channel, int64_t length, int64_t offset) {
            const float* pixel = place.Tap(tap / x.taps, tap % x.taps);
            if (pixel == nullptr) std::memset(to + offset, 0, sizeof(float) * length);
            else CopyAndFetch(to + offset, pixel + channel, length, count * x.channels);
          });
        }
      };
      Rows<true>(first_row, last_row, scratch.left, scratch.right, y + n, y_step, width, deep, k > 0, pack);
    }
  }
}

void KernelGradient(const Pixels& x, const float* dy, float* dw, int64_t dw_step, int64_t first_row, int64_t last_row, int64_t first, int64_t last) {
  Scratch& scratch = OfThisThread<Scratch>();
  const int64_t depth = x.pictures * x.out_height * x.out_width;
  for (int64_t n = first; n < last; n += kBlockColumns) {
    const int64_t width = std::min<int64_t>(kBlockColumns, last - n);
    for (int64_t k = 0; k < depth; k += kDepth) {
      const int64_t deep = std::min<int64_t>(kDepth, depth - k);
      PackRight(dy + k * dw_step + n, dw_step, width, deep, 0, deep, scratch.right);
      ByTap(first_row, last_row - first_row, x.channels, [&](int tap, int64_t channel, int64_t channels, int64_t) {
        Place place(x, k);
        for (int64_t i = 0; i < deep; ++i, place.Next()) scratch.pixels[i] = place.Tap(tap / x.taps, tap % x.taps);
        const auto pack = [&](int64_t from, int count) {
          // more than the rows that count may be read, except at a pixel's end
          const size_t bytes = sizeof(float) * (from + kColumnStep <= x.channels ? kColumnStep : count);
          for (int64_t i = 0; i < deep; ++i) {
            const float* pixel = scratch.pixels[i];
            float* to = scratch.left + i * kColumnStep;
            if (pixel == nullptr) std::memset(to, 0, sizeof(float) * kColumnStep);
            else if (bytes == sizeof(float) * kColumnStep) std::memcpy(to, pixel + from, sizeof(float) * kColumnStep);
            else std::memcpy(to, pixel + from, bytes);
          }
        };
        Rows<false>(channel, channel + channels, scratch.left, scratch.right, dw + tap * x.channels * dw_step + n, dw_step, width, deep, k > 0, pack);
      });
    }
  }
}

}  // namespace BITW_ISA
}  // namespace bitw
