// What our operations in TensorFlow share: a kernel's call, shapes, and how an operation is made known, through TensorFlow's C API.
#pragma once
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <vector>

#include "handles.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace bitw {

// One call of a kernel: its inputs and outputs, and the first failure, which is reported when the call ends.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  ~Call() {
    if (!ok()) TF_OpKernelContext_Failure(context_, status_);
  }

  bool ok() const { return status_.ok(); }

  void Fail(const char* message) {
    if (ok()) TF_SetStatus(status_, TF_INVALID_ARGUMENT, message);
  }

  Tensor Input(int index) {
    TF_Tensor* tensor = nullptr;
    if (ok()) TF_GetInput(context_, index, &tensor, status_);
    return Tensor(tensor);
  }

  Tensor Output(int index, TF_DataType type, const std::vector<int64_t>& shape) {
    if (!ok()) return nullptr;
    return Tensor(TF_AllocateOutput(context_, index, type, shape.data(), static_cast<int>(shape.size()), Bytes(type, shape), status_));
  }

  // In the place of one of the inputs where nobody else needs it any more.
  Tensor OutputOver(int index, const std::vector<int>& inputs, const std::vector<int64_t>& shape) {
    if (!ok()) return nullptr;
    int used = -1;
    return Tensor(TF_ForwardInputOrAllocateOutput(context_, inputs.data(), static_cast<int>(inputs.size()), index, shape.data(), static_cast<int>(shape.size()),
                                                  &used, status_));
  }

  void Reserve(int64_t bytes) {
    if (!ok()) return;
    TF_AllocatorAttributes attributes;
    attributes.struct_size = TF_ALLOCATOR_ATTRIBUTES_STRUCT_SIZE;
    attributes.on_host = 1;
    const Tensor memory(TF_AllocateTemp(context_, TF_UINT8, &bytes, 1, &attributes, status_));
  }

 private:
  static size_t Bytes(TF_DataType type, const std::vector<int64_t>& shape) {
    size_t bytes = TF_DataTypeSize(type);
    for (const int64_t size : shape) bytes *= static_cast<size_t>(size);
    return bytes;
  }

  TF_OpKernelContext* context_;
  Status status_;
};

// An attribute of a kernel, kept as its state until `DeleteAttribute`: `get` is TensorFlow's function for its type.
template <typename T>
T* CreateAttribute(TF_OpKernelConstruction* construction, const char* name, void (*get)(TF_OpKernelConstruction*, const char*, T*, TF_Status*)) {
  std::unique_ptr<T> value(new (std::nothrow) T());
  Status status;
  if (value != nullptr) get(construction, name, value.get(), status);
  else TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, kOutOfMemory);
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status);
  return value.release();
}

template <typename T>
void DeleteAttribute(void* value) {
  delete static_cast<T*>(value);
}

template <typename T>
T* Data(const Tensor& tensor) {
  return static_cast<T*>(TF_TensorData(tensor.get()));
}

inline std::vector<int64_t> Shape(const Tensor& tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor.get()));
  for (size_t axis = 0; axis < shape.size(); ++axis) shape[axis] = TF_Dim(tensor.get(), static_cast<int>(axis));
  return shape;
}

// An output has an input's shape.
inline void CopyShape(TF_ShapeInferenceContext* context, int input, int output, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, input, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output, shape, status);
  TF_DeleteShapeHandle(shape);
}

inline void SameShape(TF_ShapeInferenceContext* context, TF_Status* status) { CopyShape(context, 0, 0, status); }

// The first output's shape, put together from axes of the inputs and from numbers. What is not known yet stays unknown.
class NewShape {
 public:
  NewShape(TF_ShapeInferenceContext* context, TF_Status* status) : context_(context), status_(status), shape_(TF_ShapeInferenceContextScalar(context)) {}
  ~NewShape() {
    if (ok() && all_known_) TF_ShapeInferenceContextSetOutput(context_, 0, shape_, status_);
    if (ok() && !all_known_) TF_ShapeInferenceContextSetUnknownShape(context_, status_);
    TF_DeleteShapeHandle(shape_);
  }

  // -1 where it is not known.
  int64_t SizeOf(int input, int axis) {
    TF_ShapeHandle* shape = TF_NewShapeHandle();
    TF_DimensionHandle* size = TF_NewDimensionHandle();
    TF_ShapeInferenceContextGetInput(context_, input, shape, status_);
    if (ok()) TF_ShapeInferenceContextWithRank(context_, shape, 4, shape, status_);
    if (ok()) TF_ShapeInferenceContextDim(context_, shape, axis, size);
    const int64_t value = ok() && TF_DimensionHandleValueKnown(size) ? TF_DimensionHandleValue(size) : -1;
    TF_DeleteDimensionHandle(size);
    TF_DeleteShapeHandle(shape);
    return value;
  }

  NewShape& Then(int64_t size) {
    all_known_ = all_known_ && size >= 0;
    if (!ok() || !all_known_) return *this;
    TF_ShapeHandle* axis = TF_ShapeInferenceContextVectorFromSize(context_, static_cast<size_t>(size));
    TF_ShapeHandle* longer = TF_NewShapeHandle();
    TF_ShapeInferenceContextConcatenateShapes(context_, shape_, axis, longer, status_);
    TF_DeleteShapeHandle(axis);
    TF_DeleteShapeHandle(shape_);
    shape_ = longer;
    return *this;
  }

  NewShape& Then(int input, int axis) { return Then(SizeOf(input, axis)); }

 private:
  bool ok() const { return TF_GetCode(status_) == TF_OK; }

  TF_ShapeInferenceContext* context_;
  TF_Status* status_;
  TF_ShapeHandle* shape_;
  bool all_known_ = true;
};

struct Definition {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  void (*shapes)(TF_ShapeInferenceContext*, TF_Status*);
};

// A kernel's function that TensorFlow may call; `NoThrow` makes it.
struct Compute {
  void (*function)(void*, TF_OpKernelContext*);
};

// What `compute` throws becomes the status of its call: TensorFlow's own code cannot be left by an exception.
template <void (*compute)(void*, TF_OpKernelContext*)>
Compute NoThrow() {
  return {[](void* kernel, TF_OpKernelContext* context) {
    const auto fail = [&](TF_Code code, const char* message) {
      Status status;
      TF_SetStatus(status, code, message);
      TF_OpKernelContext_Failure(context, status);
    };
    try {
      compute(kernel, context);
    } catch (const std::bad_alloc&) {
      fail(TF_RESOURCE_EXHAUSTED, kOutOfMemory);
    } catch (const std::exception& error) {
      fail(TF_INTERNAL, error.what());
    }
  }};
}

inline void Define(const Definition& definition, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(definition.name);
  for (const char* text : definition.attributes) TF_OpDefinitionBuilderAddAttr(builder, text);
  for (const char* text : definition.inputs) TF_OpDefinitionBuilderAddInput(builder, text);
  for (const char* text : definition.outputs) TF_OpDefinitionBuilderAddOutput(builder, text);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, definition.shapes);
  TF_RegisterOpDefinition(builder, status);
}

// `type` 0: an operation without a type of its own.
inline void Implement(const char* op, const char* label, TF_DataType type, void* (*create)(TF_OpKernelConstruction*), Compute compute, void (*remove)(void*),
                      TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_KernelBuilder* builder = TF_NewKernelBuilder(op, "CPU", create, compute.function, remove);
  if (type != 0) TF_KernelBuilder_TypeConstraint(builder, "T", type, status);
  if (TF_GetCode(status) == TF_OK) TF_RegisterKernelBuilder(label, builder, status);
}

}  // namespace bitw
