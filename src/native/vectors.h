// Vectors of the width of the instruction set that a file is compiled for.
#pragma once
#include <cstring>

#include "math.h"

namespace bitw {
namespace BITW_ISA {

// Channels come in 32s, which every width divides.
#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
typedef float Vector __attribute__((vector_size(4 * kLanes)));
typedef uint16_t Halves __attribute__((vector_size(2 * kLanes)));
typedef uint32_t Words __attribute__((vector_size(4 * kLanes)));

inline Vector LoadVector(const float* from) {
  Vector v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

inline Vector LoadVector(const Bfloat16* from) {
  Halves h;
  std::memcpy(&h, from, sizeof h);
  const Words w = __builtin_convertvector(h, Words) << 16;
  Vector v;
  std::memcpy(&v, &w, sizeof v);
  return v;
}

inline void StoreVector(Vector v, float* to) { std::memcpy(to, &v, sizeof v); }

}  // namespace BITW_ISA
}  // namespace bitw
