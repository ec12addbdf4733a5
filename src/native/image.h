// Images brought to another size.
#pragma once
#include <cstdint>

namespace bitw {

// uint8 [height, width, 3]. Of the last column and the last row only a part may belong to the image: `used_width` is more than width - 1.
struct ImagePixels {
  const uint8_t* values;
  int64_t width, height;
  double used_width, used_height;
};

// to[new_height, new_width, 3] from `pixels`; all sizes are at least 1, and no new one is greater than the used old. A triangle as wide as the reduction
// is laid over the image, down and then across: Pillow's BILINEAR, torchvision's antialias. Throws std::bad_alloc.
void ResizeImage(const ImagePixels& pixels, uint8_t* to, int64_t new_width, int64_t new_height);

// A part of an image, in its pixels, not whole ones.
struct Part {
  double x, y, width, height;
};

// to[side, side, 3] from a part inside pixels[height, width, 3], uint8, smaller or larger: the same triangle, at least two places wide, which reaches
// over the part's edges but not the image's. `flip` mirrors it left to right. Pillow's BILINEAR with a box. Throws std::bad_alloc.
void ResizePart(const uint8_t* pixels, int64_t width, int64_t height, const Part& part, uint8_t* to, int64_t side, bool flip);

}  // namespace bitw
