// Which of the compiled variants of math.cc this processor runs.
#include "math.h"

namespace bitw {

#if defined(__x86_64__)
namespace v4 {
extern const Math math;
}
namespace v3 {
extern const Math math;
}
namespace v2 {
extern const Math math;
}

const Math& BestMath() {
  static const Math* best = [] {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      return &v4::math;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &v3::math;
    return &v2::math;
  }();
  return *best;
}
#else
namespace base {
extern const Math math;
}

const Math& BestMath() { return base::math; }
#endif

}  // namespace bitw
