// JPEGs by TensorFlow's decoder (libjpeg-turbo), whose functions can only be reached through its operation.
#pragma once
#include <cstddef>
#include <cstdint>

namespace bitw {

// to[new_height, new_width, 3]: the JPEG's image as RGB, made smaller as `ResizeImage` does; new sizes as there. The accurate DCT and smooth chroma,
// as libvips has them. Where it shrinks to a sixth or less, a half, quarter or eighth of it is taken from its DCT, with at least three times the new size
// along each axis, and made smaller from there: on average within 0.5 of 255 levels of the exact value. Works in the calling thread and takes memory for
// what is taken from the DCT (a progressive file also for all its coefficients). Throws std::exception where the file is damaged, has other sizes (to be
// read from its head before the call: TensorFlow believes the file) or more scans than anybody needs.
void ResizeJpeg(const uint8_t* file, size_t length, int64_t width, int64_t height, uint8_t* to, int64_t new_width, int64_t new_height);

}  // namespace bitw
