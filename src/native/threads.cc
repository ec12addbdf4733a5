#include "threads.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#if defined(__x86_64__)
#include <immintrin.h>
#define BITW_PAUSE() _mm_pause()
#else
#define BITW_PAUSE() std::this_thread::yield()
#endif

namespace bitw {
namespace {

// One piece of work that threads share. Held by each thread that looks at it, so that a late one never touches the next piece.
struct Work {
  int64_t count = 0;
  const std::function<void(int64_t)>* function = nullptr;
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> done{0};
  // What the first call to fail threw: written by the one that sets `failed`, read once all are done.
  std::atomic<bool> failed{false};
  std::exception_ptr failure;

  void Help() {
    for (;;) {
      const int64_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      // one that is left out counts as done
      if (!failed.load(std::memory_order_relaxed)) Call(index);
      done.fetch_add(1, std::memory_order_acq_rel);
    }
  }

 private:
  void Call(int64_t index) {
    try {
      (*function)(index);
    } catch (...) {
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  }
};

class Pool {
 public:
  explicit Pool(int threads) {
    try {
      for (int index = 1; index < threads; ++index) std::thread([this] { Loop(); }).detach();
    } catch (const std::system_error&) {
      // the system has no more threads: those that there are, at least the caller's, do all of the work
    }
  }

  void Run(int64_t count, const std::function<void(int64_t)>& function) {
    auto work = std::make_shared<Work>();
    work->count = count;
    work->function = &function;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      current_ = work;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    work->Help();
    // Others finish what they hold: microseconds, so waiting by looking is cheaper than sleeping.
    for (int spins = 0; work->done.load(std::memory_order_acquire) < count; ++spins) {
      if (spins < 1000) BITW_PAUSE();
      else std::this_thread::yield();
    }
    if (work->failure != nullptr) std::rethrow_exception(work->failure);
  }

 private:
  [[noreturn]] void Loop() {
    uint64_t seen = 0;
    for (;;) {
      // Kernels follow each other closely: a short look before the sleep saves most wake-ups.
      for (int spins = 0; spins < 500 && generation_.load(std::memory_order_acquire) == seen; ++spins) BITW_PAUSE();
      std::shared_ptr<Work> work;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return generation_.load(std::memory_order_relaxed) != seen; });
        seen = generation_.load(std::memory_order_relaxed);
        work = current_;
      }
      work->Help();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<Work> current_;
  std::atomic<uint64_t> generation_{0};
};

int thread_count = 1;

// Never destroyed: its threads sleep until the process ends.
Pool& ThePool() {
  static Pool* pool = new Pool(thread_count);
  return *pool;
}

// Kernels of one session follow each other; a second session's must not mix with them.
std::mutex& OneAtATime() {
  static std::mutex* mutex = new std::mutex;
  return *mutex;
}

}  // namespace

void SetThreadCount(int count) { thread_count = count < 1 ? 1 : count; }

int ThreadCount() { return thread_count; }

void ParallelFor(int64_t count, const std::function<void(int64_t)>& work) {
  if (thread_count == 1 || count <= 1) {
    for (int64_t index = 0; index < count; ++index) work(index);
    return;
  }
  std::lock_guard<std::mutex> lock(OneAtATime());
  ThePool().Run(count, work);
}

}  // namespace bitw
