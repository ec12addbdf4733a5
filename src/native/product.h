// Products of matrices in float32, the way of Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", 2008): a block of the right
// matrix is packed into the order in which it is read and stays in the second-level cache, a few rows of the left one in the first, and a tile of the
// result in the registers.
#pragma once
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "math.h"
#include "vectors.h"

namespace bitw {
namespace BITW_ISA {

// Of a tile; with kRows · kVectors sums, kVectors of the right matrix and one number of the left the registers are full, of which AVX-512 has twice as
// many as the others.
constexpr int kRows = kLanes == 16 ? 14 : 6, kVectors = 2, kColumns = kVectors * kLanes;
static_assert(kChannelStep % kColumns == 0, "");

// c = a · b, or c += a · b, of so many rows and kColumns columns. b lies in rows of kColumns; a in rows that are `step` apart, or else in columns that are; c's rows
// anywhere, `column` numbers from where `c` says.
template <bool by_row, int step, int rows>
void ProductTile(const float* __restrict a, const float* __restrict b, float* const* c, int64_t column, int64_t depth, bool add) {
  // c comes from the memory while the sums are made
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < kVectors * kLanes; j += 16) __builtin_prefetch(c[i] + column + j, 1);
  Vector sum[rows][kVectors] = {};
  for (int64_t k = 0; k < depth; ++k) {
    Vector right[kVectors];
    for (int j = 0; j < kVectors; ++j) right[j] = LoadVector(b + k * kColumns + j * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const float left = by_row ? a[i * step + k] : a[k * step + i];
      for (int j = 0; j < kVectors; ++j) sum[i][j] += left * right[j];
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < kVectors; ++j) {
      float* to = c[i] + column + j * kLanes;
      if (add) sum[i][j] += LoadVector(to);
      StoreVector(sum[i][j], to);
    }
  }
}

using MicroKernel = void (*)(const float*, const float*, float* const*, int64_t, int64_t, bool);

template <bool by_row, int step, int... counts>
MicroKernel MicroKernelOf(int rows, std::integer_sequence<int, counts...>) {
  static constexpr MicroKernel tiles[] = {ProductTile<by_row, step, counts + 1>...};
  return tiles[rows - 1];
}

// The one for 1 … kRows rows.
template <bool by_row, int step>
MicroKernel MicroKernelOf(int rows) {
  return MicroKernelOf<by_row, step>(rows, std::make_integer_sequence<int, kRows>());
}

// Cuts rows [first, last) as evenly as may be, since fourteen and two would be half as fast for the two: `part(row, count)`, count at most kRows.
template <typename Part>
void ForRowBlocks(int64_t first, int64_t last, const Part& part) {
  const int64_t rows = last - first, blocks = (rows + kRows - 1) / kRows;
  for (int64_t block = 0; block < blocks; ++block) {
    const int64_t row = first + rows * block / blocks;
    part(row, static_cast<int>(first + rows * (block + 1) / blocks - row));
  }
}

// Four rows of four become four columns.
inline void Transpose4x4(const float* from, int64_t from_step, float* to, int64_t to_step) {
  typedef float Four __attribute__((vector_size(16)));
  typedef int32_t Places __attribute__((vector_size(16)));
  Four row[4];
  for (int i = 0; i < 4; ++i) std::memcpy(&row[i], from + i * from_step, sizeof(Four));
  const Four low01 = __builtin_shuffle(row[0], row[1], Places{0, 4, 1, 5}), high01 = __builtin_shuffle(row[0], row[1], Places{2, 6, 3, 7});
  const Four low23 = __builtin_shuffle(row[2], row[3], Places{0, 4, 1, 5}), high23 = __builtin_shuffle(row[2], row[3], Places{2, 6, 3, 7});
  const Four column[4] = {__builtin_shuffle(low01, low23, Places{0, 1, 4, 5}), __builtin_shuffle(low01, low23, Places{2, 3, 6, 7}),
                          __builtin_shuffle(high01, high23, Places{0, 1, 4, 5}), __builtin_shuffle(high01, high23, Places{2, 3, 6, 7})};
  for (int i = 0; i < 4; ++i) std::memcpy(to + i * to_step, &column[i], sizeof(Four));
}

// What a thread keeps from one product to the next; its numbers are whatever was there. Throws bad_alloc.
template <typename Scratch>
Scratch& ThreadScratch() {
  struct Free {
    void operator()(Scratch* memory) const { std::free(memory); }
  };
  static thread_local std::unique_ptr<Scratch, Free> memory;
  if (memory == nullptr) memory.reset(static_cast<Scratch*>(std::aligned_alloc(64, sizeof(Scratch))));
  if (memory == nullptr) throw std::bad_alloc();
  return *memory;
}

}  // namespace BITW_ISA
}  // namespace bitw
