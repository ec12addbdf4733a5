#include "jpeg.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <stdexcept>
#include <string>

#include "handles.h"
#include "image.h"
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/tf_tstring.h"

namespace bitw {
namespace {

// Each scan of a progressive file goes over the whole image and may cost the file a few bytes: without a limit, minutes of work.
constexpr int kMostScans = 100;

// What the decoder can divide both sizes by, from the DCT. `data/jpeg-shrink.ts` has the same rule.
constexpr int kShrinks[] = {8, 4, 2, 1};

// At least so many times the new size is left to the resize: what the DCT leaves out then changes next to nothing.
constexpr int64_t kLeastLeft = 3;

int64_t Shrunk(int64_t size, int shrink) { return (size + shrink - 1) / shrink; }

int ShrinkOf(int64_t width, int64_t height, int64_t new_width, int64_t new_height) {
  for (const int shrink : kShrinks)
    if (Shrunk(width, shrink) >= kLeastLeft * new_width && Shrunk(height, shrink) >= kLeastLeft * new_height) return shrink;
  return 1;
}

// One for the process, never freed: a thread may still be decoding when the process ends.
class Decoder {
 public:
  static const Decoder& Shared() {
    static const Decoder& decoder = *new Decoder;
    return decoder;
  }

  // uint8 [height / shrink, width / shrink, 3], rounded up; `shrink` is one of kShrinks
  Tensor Decode(const uint8_t* file, size_t length, int shrink) const {
    const Tensor text(TF_AllocateTensor(TF_STRING, nullptr, 0, sizeof(TF_TString)));
    if (text == nullptr) throw std::bad_alloc();
    auto* view = static_cast<TF_TString*>(TF_TensorData(text.get()));
    TF_TString_Init(view);
    TF_TString_AssignView(view, reinterpret_cast<const char*>(file), length);
    TF_Tensor *input = text.get(), *output = nullptr;
    Status status;
    const TF_Output* pixels_at = &pixels_[std::find(std::begin(kShrinks), std::end(kShrinks), shrink) - std::begin(kShrinks)];
    TF_SessionRun(session_, here_, &file_, &input, 1, pixels_at, &output, 1, nullptr, 0, nullptr, status);
    Tensor pixels(output);
    status.Check();
    return pixels;
  }

 private:
  Decoder() {
    Status status;
    TF_Graph* graph = TF_NewGraph();
    TF_OperationDescription* file = TF_NewOperation(graph, "Placeholder", "file");
    TF_SetAttrType(file, "dtype", TF_STRING);
    TF_SetAttrShape(file, "shape", nullptr, 0);
    file_ = {TF_FinishOperation(file, status), 0};
    status.Check();
    for (size_t i = 0; i < std::size(kShrinks); ++i) {
      TF_OperationDescription* decode = TF_NewOperation(graph, "DecodeJpeg", ("pixels" + std::to_string(i)).c_str());
      TF_AddInput(decode, file_);
      TF_SetAttrInt(decode, "channels", 3);
      TF_SetAttrInt(decode, "ratio", kShrinks[i]);
      TF_SetAttrBool(decode, "fancy_upscaling", 1);
      const char accurate[] = "INTEGER_ACCURATE";
      TF_SetAttrString(decode, "dct_method", accurate, sizeof accurate - 1);
      pixels_[i] = {TF_FinishOperation(decode, status), 0};
      status.Check();
    }
    // a ConfigProto: device_count { "GPU": 0 }, so that no memory of a card is taken for this
    const uint8_t no_gpu[] = {0x0a, 7, 0x0a, 3, 'G', 'P', 'U', 0x10, 0};
    TF_SessionOptions* options = TF_NewSessionOptions();
    TF_SetConfig(options, no_gpu, sizeof no_gpu, status);
    status.Check();
    session_ = TF_NewSession(graph, options, status);
    status.Check();
    TF_DeleteSessionOptions(options);
  }

  TF_Session* session_ = nullptr;
  TF_Output file_{}, pixels_[std::size(kShrinks)]{};
  // RunOptions: inter_op_thread_pool -1, the calling thread
  const uint8_t in_this_thread_[11] = {0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1};
  TF_Buffer* const here_ = TF_NewBufferFromString(in_this_thread_, sizeof in_this_thread_);
};

// Whether there are more "start of scan" marks. In what is between them, 0xff stands before 0 or the number of a restart only.
bool HasTooManyScans(const uint8_t* file, size_t length) {
  const uint8_t* const end = file + length;
  int scans = 0;
  for (const uint8_t* at = file; at + 1 < end; ++at) {
    at = static_cast<const uint8_t*>(std::memchr(at, 0xff, static_cast<size_t>(end - at - 1)));
    if (at == nullptr) return false;
    if (at[1] == 0xda && ++scans > kMostScans) return true;
  }
  return false;
}

}  // namespace

void ResizeJpeg(const uint8_t* file, size_t length, int64_t width, int64_t height, uint8_t* to, int64_t new_width, int64_t new_height) {
  // the operation would take a PNG or a GIF too
  if (length < 3 || file[0] != 0xff || file[1] != 0xd8 || file[2] != 0xff) throw std::runtime_error("it is not a JPEG");
  if (HasTooManyScans(file, length)) throw std::runtime_error("the JPEG has more than " + std::to_string(kMostScans) + " scans");
  const int shrink = ShrinkOf(width, height, new_width, new_height);
  const Tensor decoded = Decoder::Shared().Decode(file, length, shrink);
  const int64_t decoded_width = TF_Dim(decoded.get(), 1), decoded_height = TF_Dim(decoded.get(), 0);
  if (decoded_width != Shrunk(width, shrink) || decoded_height != Shrunk(height, shrink) || TF_Dim(decoded.get(), 2) != 3)
    throw std::runtime_error("the JPEG has other sizes");
  const auto* values = static_cast<const uint8_t*>(TF_TensorData(decoded.get()));
  if (new_width == width && new_height == height) {
    std::memcpy(to, values, TF_TensorByteSize(decoded.get()));
    return;
  }
  // a last pixel that the image fills in part counts for that part only, or all others would move
  const double used_width = static_cast<double>(width) / shrink, used_height = static_cast<double>(height) / shrink;
  ResizeImage({values, decoded_width, decoded_height, used_width, used_height}, to, new_width, new_height);
}

}  // namespace bitw
