// Weight standardization with its gradient, and the steps of SGD with momentum.
#include <algorithm>
#include <vector>

#include "math.h"
#include "op.h"
#include "ops.h"
#include "threads.h"

namespace bitw {
namespace {

// [h,w,i,o] as [rows, columns].
struct Columns {
  int64_t rows = 1, columns = 1, blocks = 1;
  explicit Columns(const std::vector<int64_t>& shape) {
    for (size_t axis = 0; axis + 1 < shape.size(); ++axis) rows *= shape[axis];
    columns = shape.empty() ? 1 : shape.back();
    blocks = (columns + kMaxColumns - 1) / kMaxColumns;
  }
  int64_t first(int64_t block) const { return block * kMaxColumns; }
  int64_t last(int64_t block) const { return std::min(columns, (block + 1) * kMaxColumns); }
};

void* CreateStandardize(TF_OpKernelConstruction* construction) { return CreateAttribute<float>(construction, "epsilon", TF_OpKernelConstruction_GetAttrFloat); }

void ComputeStandardize(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor w = call.Input(0);
  if (!call.ok()) return;
  const Tensor y = call.OutputOver(0, {0}, Shape(w));
  if (!call.ok()) return;
  const Columns cut(Shape(w));
  ParallelFor(cut.blocks, [&](int64_t block) {
    BestMath().standardize(Data<float>(w), Data<float>(y), cut.rows, cut.columns, cut.first(block), cut.last(block), *static_cast<const float*>(kernel));
  });
}

void ComputeStandardizeGradient(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor dy = call.Input(0), w = call.Input(1);
  if (!call.ok()) return;
  if (Shape(dy) != Shape(w)) return call.Fail("dy must have the shape of w");
  const Tensor dw = call.OutputOver(0, {0}, Shape(w));
  if (!call.ok()) return;
  const Columns cut(Shape(w));
  ParallelFor(cut.blocks, [&](int64_t block) {
    BestMath().standardize_gradient(Data<float>(dy), Data<float>(w), Data<float>(dw), cut.rows, cut.columns, cut.first(block), cut.last(block),
                                    *static_cast<const float*>(kernel));
  });
}

// Inputs w, v, g (of the standardized kernel), momentum, rate, y (whose memory is used again) → w', v', y'.
void ComputeStandardizedMomentum(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor w = call.Input(0), v = call.Input(1), g = call.Input(2), momentum = call.Input(3), rate = call.Input(4);
  if (!call.ok()) return;
  const std::vector<int64_t> shape = Shape(w);
  if (Shape(v) != shape || Shape(g) != shape) return call.Fail("v and g must have the shape of w");
  const Tensor new_w = call.OutputOver(0, {0}, shape), new_v = call.OutputOver(1, {1}, shape), new_y = call.OutputOver(2, {5}, shape);
  if (!call.ok()) return;
  const Columns cut(shape);
  ParallelFor(cut.blocks, [&](int64_t block) {
    BestMath().standardized_momentum(Data<float>(w), Data<float>(v), Data<float>(g), *Data<float>(momentum), *Data<float>(rate), Data<float>(new_w),
                                     Data<float>(new_v), Data<float>(new_y), cut.rows, cut.columns, cut.first(block), cut.last(block),
                                     *static_cast<const float*>(kernel));
  });
}

// Inputs w, v, g, momentum, rate → w', v'.
void ComputeMomentum(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor w = call.Input(0), v = call.Input(1), g = call.Input(2), momentum = call.Input(3), rate = call.Input(4);
  if (!call.ok()) return;
  const std::vector<int64_t> shape = Shape(w);
  if (Shape(v) != shape || Shape(g) != shape) return call.Fail("v and g must have the shape of w");
  const Tensor new_w = call.OutputOver(0, {0}, shape), new_v = call.OutputOver(1, {1}, shape);
  if (!call.ok()) return;
  const int64_t count = TF_TensorElementCount(w.get()), each = 1 << 16, pieces = (count + each - 1) / each;
  ParallelFor(pieces, [&](int64_t piece) {
    BestMath().momentum(Data<float>(w), Data<float>(v), Data<float>(g), *Data<float>(momentum), *Data<float>(rate), Data<float>(new_w), Data<float>(new_v),
                        piece * each, std::min(count, (piece + 1) * each));
  });
}

void TwoLikeFirst(TF_ShapeInferenceContext* context, TF_Status* status) {
  CopyShape(context, 0, 0, status);
  CopyShape(context, 0, 1, status);
}

void ThreeLikeFirst(TF_ShapeInferenceContext* context, TF_Status* status) {
  TwoLikeFirst(context, status);
  CopyShape(context, 0, 2, status);
}

}  // namespace

void RegisterWeightOps(TF_Status* status) {
  const std::vector<const char*> plain = {"T: {float} = DT_FLOAT"};
  const std::vector<const char*> standard = {"T: {float} = DT_FLOAT", "epsilon: float = 1e-10"};
  Define({"BitwStandardize", {"w: T"}, {"y: T"}, standard, SameShape}, status);
  Define({"BitwStandardizeGrad", {"dy: T", "w: T"}, {"dw: T"}, standard, SameShape}, status);
  Define({"BitwStandardizedMomentum",
          {"w: T", "v: T", "g: T", "momentum: float", "rate: float", "y: T"},
          {"new_w: T", "new_v: T", "new_y: T"},
          standard,
          ThreeLikeFirst},
         status);
  Define({"BitwMomentum", {"w: T", "v: T", "g: T", "momentum: float", "rate: float"}, {"new_w: T", "new_v: T"}, plain, TwoLikeFirst}, status);
  Implement("BitwStandardize", "bitw_standardize", TF_FLOAT, CreateStandardize, NoThrow<ComputeStandardize>(), DeleteAttribute<float>, status);
  Implement("BitwStandardizeGrad", "bitw_standardize_grad", TF_FLOAT, CreateStandardize, NoThrow<ComputeStandardizeGradient>(), DeleteAttribute<float>, status);
  Implement("BitwStandardizedMomentum", "bitw_standardized_momentum", TF_FLOAT, CreateStandardize, NoThrow<ComputeStandardizedMomentum>(),
            DeleteAttribute<float>, status);
  Implement("BitwMomentum", "bitw_momentum", TF_FLOAT, nullptr, NoThrow<ComputeMomentum>(), nullptr, status);
}

}  // namespace bitw
