#include "ops.h"

#include <memory>

#include "op.h"

namespace bitw {
namespace {

// Asks for memory and gives it back. oneDNN's kernels end the process where memory runs out in the midst of their work; asked for
// beforehand, its lack is an error like any other.
void* CreateReserve(TF_OpKernelConstruction* construction) {
  auto bytes = std::make_unique<int64_t>(0);
  Status status(TF_NewStatus());
  TF_OpKernelConstruction_GetAttrInt64(construction, "bytes", bytes.get(), status.get());
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelConstruction_Failure(construction, status.get());
  return bytes.release();
}

void DeleteReserve(void* bytes) { delete static_cast<int64_t*>(bytes); }

void ComputeReserve(void* kernel, TF_OpKernelContext* context) {
  const int64_t bytes = *static_cast<const int64_t*>(kernel);
  Call call(context);
  call.Reserve(bytes);
  const Tensor reserved = call.Output(0, TF_FLOAT, {});
  if (call.ok()) *Data<float>(reserved) = static_cast<float>(bytes);
}

void ScalarShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* scalar = TF_ShapeInferenceContextScalar(context);
  TF_ShapeInferenceContextSetOutput(context, 0, scalar, status);
  TF_DeleteShapeHandle(scalar);
}

}  // namespace

std::string RegisterOps() {
  const Status status(TF_NewStatus());
  Define({"BitwReserve", {}, {"reserved: float"}, {"bytes: int"}, ScalarShape}, status.get());
  Implement("BitwReserve", "bitw_reserve", static_cast<TF_DataType>(0), CreateReserve, ComputeReserve, DeleteReserve, status.get());
  RegisterNorms(status.get());
  RegisterWeightOps(status.get());
  RegisterConvolutions(status.get());
  return TF_GetCode(status.get()) == TF_OK ? "" : TF_Message(status.get());
}

}  // namespace bitw
