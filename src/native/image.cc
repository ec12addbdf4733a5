#include "image.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "math.h"

namespace bitw {
namespace {

// What a ResizeAxis points to.
class Axis {
 public:
  // Of the places from `start` on, `length` long.
  Axis(int64_t size, double start, double length, int64_t new_size) : size_(size), new_size_(new_size), first_(new_size) {
    const double scale = length / static_cast<double>(new_size), support = std::max(scale, 1.0);
    const auto middle = [&](int64_t place) { return start + (place + 0.5) * scale; };
    const auto begin = [&](int64_t place) { return std::max<int64_t>(0, static_cast<int64_t>(middle(place) - support + 0.5)); };
    const auto end = [&](int64_t place) { return std::min<int64_t>(size, static_cast<int64_t>(middle(place) + support + 0.5)); };
    for (int64_t place = 0; place < new_size; ++place) taps_ = std::max(taps_, end(place) - begin(place));
    weights_.resize(new_size * taps_);
    std::vector<double> triangle(taps_);
    for (int64_t place = 0; place < new_size; ++place) {
      const int64_t first = std::min(begin(place), size - taps_);
      double sum = 0;
      for (int64_t tap = 0; tap < taps_; ++tap) {
        const double distance = std::abs(first + tap + 0.5 - middle(place)) / support;
        triangle[tap] = std::max(0.0, 1 - distance);
        sum += triangle[tap];
      }
      first_[place] = static_cast<int32_t>(first);
      for (int64_t tap = 0; tap < taps_; ++tap) weights_[place * taps_ + tap] = static_cast<float>(triangle[tap] / sum);
    }
  }

  // Makes the places that are read the whole axis; the first of them.
  int64_t Trim() {
    const int64_t begin = first_.front();
    size_ = first_.back() + taps_ - begin;
    for (int32_t& first : first_) first -= static_cast<int32_t>(begin);
    return begin;
  }

  int64_t size() const { return size_; }

  // The new places in reverse.
  void Mirror() {
    std::reverse(first_.begin(), first_.end());
    std::reverse(weights_.begin(), weights_.end());
    for (auto row = weights_.begin(); row != weights_.end(); row += taps_) std::reverse(row, row + taps_);
  }

  operator ResizeAxis() const { return {size_, new_size_, static_cast<int>(taps_), first_.data(), weights_.data()}; }

 private:
  int64_t size_, new_size_, taps_ = 1;
  std::vector<int32_t> first_;
  std::vector<float> weights_;
};

}  // namespace

void ResizeImage(const ImagePixels& pixels, uint8_t* to, int64_t new_width, int64_t new_height) {
  const Axis across(pixels.width, 0, pixels.used_width, new_width), down(pixels.height, 0, pixels.used_height, new_height);
  std::vector<float> scratch(ResizeScratch(pixels.width, new_width));
  BestMath().resize(pixels.values, across, down, to, scratch.data());
}

void ResizePart(const uint8_t* pixels, int64_t width, int64_t height, const Part& part, uint8_t* to, int64_t side, bool flip) {
  Axis across(width, part.x, part.width, side), down(height, part.y, part.height, side);
  const int64_t left = across.Trim(), top = down.Trim();
  if (flip) across.Mirror();
  const uint8_t* from = pixels + 3 * (top * width + left);
  std::vector<uint8_t> rows;
  if (across.size() < width) {
    // together, as the resize takes them
    const int64_t row_bytes = 3 * across.size();
    rows.resize(row_bytes * down.size());
    for (int64_t y = 0; y < down.size(); ++y) std::memcpy(rows.data() + y * row_bytes, from + y * 3 * width, row_bytes);
    from = rows.data();
  }
  std::vector<float> scratch(ResizeScratch(across.size(), side));
  BestMath().resize(from, across, down, to, scratch.data());
}

}  // namespace bitw
