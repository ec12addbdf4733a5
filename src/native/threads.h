// The threads of our own kernels. TensorFlow's pool cannot be reached through its C API; ours sleeps while TensorFlow's works and the
// other way round, since a session runs one operation at a time.
#pragma once
#include <cstdint>
#include <functional>

namespace bitw {

// How many threads work, the caller's included; at least 1. To be set before the first kernel runs.
void SetThreadCount(int count);
int ThreadCount();

// Calls work(0) … work(count - 1), each once, on all threads; returns when all are done. Where one throws, those not yet begun are left out, and the first
// exception is thrown here once no thread works any more. `work` must not call ParallelFor. Throws std::bad_alloc too.
void ParallelFor(int64_t count, const std::function<void(int64_t)>& work);

}  // namespace bitw
