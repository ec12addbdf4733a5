// TensorFlow's tensors and statuses, freed where they are left.
#pragma once
#include <memory>
#include <stdexcept>
#include <string>

#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace bitw {

// Of an error for which memory was lacking.
constexpr char kOutOfMemory[] = "out of memory";

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  operator TF_Status*() { return status_; }
  bool ok() const { return TF_GetCode(status_) == TF_OK; }
  // "RESOURCE_EXHAUSTED: …", so that JavaScript can tell an empty memory from a mistake.
  std::string text() const { return std::string(CodeName(TF_GetCode(status_))) + ": " + TF_Message(status_); }
  void Check() const {
    if (!ok()) throw std::runtime_error(text());
  }

 private:
  static const char* CodeName(TF_Code code) {
    switch (code) {
      case TF_RESOURCE_EXHAUSTED: return "RESOURCE_EXHAUSTED";
      case TF_INVALID_ARGUMENT: return "INVALID_ARGUMENT";
      case TF_UNIMPLEMENTED: return "UNIMPLEMENTED";
      case TF_NOT_FOUND: return "NOT_FOUND";
      case TF_ABORTED: return "ABORTED";
      case TF_INTERNAL: return "INTERNAL";
      default: return "FAILED";
    }
  }
  TF_Status* status_;
};

struct DeleteTensor {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
};
using Tensor = std::unique_ptr<TF_Tensor, DeleteTensor>;

}  // namespace bitw
