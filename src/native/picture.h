// Pictures brought to another size.
#pragma once
#include <cstdint>

namespace bitw {

// to[new_height, new_width, 3] from pixels[height, width, 3], uint8; all sizes are at least 1, and no new one is greater than the old. A triangle as wide
// as the reduction is laid over the picture, down and then across: Pillow's BILINEAR, torchvision's antialias. Throws std::bad_alloc.
void ResizePicture(const uint8_t* pixels, int64_t width, int64_t height, uint8_t* to, int64_t new_width, int64_t new_height);

}  // namespace bitw
