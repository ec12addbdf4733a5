#include "ops.h"

#include "op.h"

namespace bitw {
namespace {

// Asks for memory and gives it back. oneDNN's kernels end the process where memory runs out in the midst of their work; asked for
// beforehand, its lack is an error like any other.
void* CreateReserve(TF_OpKernelConstruction* construction) { return CreateAttribute<int64_t>(construction, "bytes", TF_OpKernelConstruction_GetAttrInt64); }

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
  Status status;
  Define({"BitwReserve", {}, {"reserved: float"}, {"bytes: int"}, ScalarShape}, status);
  Implement("BitwReserve", "bitw_reserve", static_cast<TF_DataType>(0), CreateReserve, NoThrow<ComputeReserve>(), DeleteAttribute<int64_t>, status);
  RegisterNorms(status);
  RegisterWeightOps(status);
  RegisterConvolutions(status);
  return status.ok() ? "" : TF_Message(status);
}

}  // namespace bitw
