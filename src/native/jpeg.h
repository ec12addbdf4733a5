// JPEGs by TensorFlow's decoder (libjpeg-turbo), whose functions can only be reached through its operation.
#pragma once
#include <cstddef>
#include <cstdint>

namespace bitw {

// to[new_height, new_width, 3]: the JPEG's picture as RGB, made smaller as `ResizePicture` does; new sizes as there. The accurate DCT and smooth chroma,
// as libvips has them. Works in the calling thread and takes memory for `width` × `height` pixels. Throws std::exception where the file is damaged, has
// other sizes (to be read from its head before the call: TensorFlow believes the file) or more scans than anybody needs.
void ResizeJpeg(const uint8_t* file, size_t length, int64_t width, int64_t height, uint8_t* to, int64_t new_width, int64_t new_height);

}  // namespace bitw
