#include "picture.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "math.h"

namespace bitw {
namespace {

// What a ResizeAxis points to.
class Axis {
 public:
  Axis(int64_t size, double used, int64_t new_size) : size_(size), new_size_(new_size), first_(new_size) {
    const double scale = used / static_cast<double>(new_size);
    const auto begin = [&](int64_t place) { return std::max<int64_t>(0, static_cast<int64_t>((place + 0.5) * scale - scale + 0.5)); };
    const auto end = [&](int64_t place) { return std::min<int64_t>(size, static_cast<int64_t>((place + 0.5) * scale + scale + 0.5)); };
    for (int64_t place = 0; place < new_size; ++place) taps_ = std::max(taps_, end(place) - begin(place));
    weights_.resize(new_size * taps_);
    std::vector<double> triangle(taps_);
    for (int64_t place = 0; place < new_size; ++place) {
      const int64_t first = std::min(begin(place), size - taps_);
      double sum = 0;
      for (int64_t tap = 0; tap < taps_; ++tap) {
        const double distance = std::abs(first + tap + 0.5 - (place + 0.5) * scale) / scale;
        triangle[tap] = std::max(0.0, 1 - distance);
        sum += triangle[tap];
      }
      first_[place] = static_cast<int32_t>(first);
      for (int64_t tap = 0; tap < taps_; ++tap) weights_[place * taps_ + tap] = static_cast<float>(triangle[tap] / sum);
    }
  }

  operator ResizeAxis() const { return {size_, new_size_, static_cast<int>(taps_), first_.data(), weights_.data()}; }

 private:
  int64_t size_, new_size_, taps_ = 1;
  std::vector<int32_t> first_;
  std::vector<float> weights_;
};

}  // namespace

void ResizePicture(const ImagePixels& pixels, uint8_t* to, int64_t new_width, int64_t new_height) {
  const Axis across(pixels.width, pixels.used_width, new_width), down(pixels.height, pixels.used_height, new_height);
  std::vector<float> scratch(ResizeScratch(pixels.width, new_width));
  BestMath().resize(pixels.values, across, down, to, scratch.data());
}

}  // namespace bitw
