// TensorFlow graphs and sessions for Node: what recording needs and the package's binding does not offer. Built node by node with
// TensorFlow's own shape inference, kept as a GraphDef, run on a thread of its own so that JavaScript goes on meanwhile.
#include <node_api.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "handles.h"
#include "jpeg.h"
#include "math.h"
#include "ops.h"
#include "image.h"
#include "tensorflow/c/c_api.h"
#include "threads.h"

namespace bitw {
namespace {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What is said of an exception.
std::string Problem(const std::exception& error) {
  return dynamic_cast<const std::bad_alloc*>(&error) == nullptr ? error.what() : std::string("RESOURCE_EXHAUSTED: ") + kOutOfMemory;
}

// A failed call into Node, mostly an argument of the wrong type.
void Check(napi_status status, const char* what) {
  if (status != napi_ok) throw Failure(std::string("graph: ") + what);
}

struct Graph {
  TF_Graph* graph = TF_NewGraph();
  std::vector<TF_Operation*> nodes;
  ~Graph() { TF_DeleteGraph(graph); }
};

struct Session {
  std::shared_ptr<Graph> graph;
  TF_Session* session = nullptr;
  std::mutex running;  // a session's runs follow each other
  ~Session() {
    if (session == nullptr) return;
    Status status;
    TF_CloseSession(session, status);
    TF_DeleteSession(session, status);
  }
};

template <typename T>
napi_value Wrap(napi_env env, std::shared_ptr<T> object) {
  napi_value result;
  auto* holder = new std::shared_ptr<T>(std::move(object));
  const auto release = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<T>*>(data); };
  if (napi_create_external(env, holder, release, nullptr, &result) != napi_ok) {
    delete holder;
    throw Failure("graph: no memory for a handle");
  }
  return result;
}

template <typename T>
std::shared_ptr<T> Unwrap(napi_env env, napi_value value) {
  void* data = nullptr;
  Check(napi_get_value_external(env, value, &data), "a handle is missing");
  auto object = *static_cast<std::shared_ptr<T>*>(data);
  if (object == nullptr) throw Failure("graph: it has been closed");
  return object;
}

napi_value Property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  Check(napi_get_named_property(env, object, name, &value), name);
  return value;
}

napi_value Element(napi_env env, napi_value array, uint32_t index) {
  napi_value value;
  Check(napi_get_element(env, array, index, &value), "an element is missing");
  return value;
}

uint32_t Length(napi_env env, napi_value array) {
  uint32_t length = 0;
  Check(napi_get_array_length(env, array, &length), "an array is missing");
  return length;
}

bool IsArray(napi_env env, napi_value value) {
  bool found = false;
  Check(napi_is_array(env, value, &found), "a value is missing");
  return found;
}

double Number(napi_env env, napi_value value) {
  double number = 0;
  Check(napi_get_value_double(env, value, &number), "a number is missing");
  return number;
}

bool Boolean(napi_env env, napi_value value) {
  bool found = false;
  Check(napi_get_value_bool(env, value, &found), "a boolean is missing");
  return found;
}

std::string Text(napi_env env, napi_value value) {
  size_t length = 0;
  Check(napi_get_value_string_utf8(env, value, nullptr, 0, &length), "a text is missing");
  std::string text(length + 1, '\0');
  Check(napi_get_value_string_utf8(env, value, &text[0], length + 1, &length), "a text is missing");
  text.resize(length);
  return text;
}

std::vector<int64_t> Sizes(napi_env env, napi_value array) {
  std::vector<int64_t> sizes(Length(env, array));
  for (uint32_t i = 0; i < sizes.size(); ++i) sizes[i] = static_cast<int64_t>(Number(env, Element(env, array, i)));
  return sizes;
}

struct Bytes {
  void* data = nullptr;
  size_t length = 0;
};

// The memory of a typed array.
Bytes BytesOf(napi_env env, napi_value value) {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  Check(napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr), "a typed array is missing");
  size_t each = 1;
  if (type == napi_int16_array || type == napi_uint16_array) each = 2;
  if (type == napi_int32_array || type == napi_uint32_array || type == napi_float32_array) each = 4;
  if (type == napi_float64_array || type == napi_bigint64_array || type == napi_biguint64_array) each = 8;
  return {data, length * each};
}

// A TensorFlow tensor with a copy of { dtype, shape, data }.
Tensor CopyTensor(napi_env env, napi_value object) {
  const auto type = static_cast<TF_DataType>(static_cast<int>(Number(env, Property(env, object, "dtype"))));
  const std::vector<int64_t> shape = Sizes(env, Property(env, object, "shape"));
  const Bytes bytes = BytesOf(env, Property(env, object, "data"));
  size_t wanted = TF_DataTypeSize(type);
  for (const int64_t size : shape) wanted *= static_cast<size_t>(size);
  if (wanted != bytes.length) throw Failure("graph: a tensor's data has " + std::to_string(bytes.length) + " bytes, not " + std::to_string(wanted));
  Tensor tensor(TF_AllocateTensor(type, shape.data(), static_cast<int>(shape.size()), bytes.length));
  if (tensor == nullptr) throw Failure("RESOURCE_EXHAUSTED: no memory for an input of " + std::to_string(bytes.length) + " bytes");
  if (bytes.length > 0) std::memcpy(TF_TensorData(tensor.get()), bytes.data, bytes.length);
  return tensor;
}

TF_Output OutputOf(napi_env env, const Graph& graph, napi_value pair) {
  const auto node = static_cast<size_t>(Number(env, Element(env, pair, 0)));
  if (node >= graph.nodes.size()) throw Failure("graph: there is no node " + std::to_string(node));
  return {graph.nodes[node], static_cast<int>(Number(env, Element(env, pair, 1)))};
}

std::vector<TF_Output> OutputsOf(napi_env env, const Graph& graph, napi_value pairs) {
  std::vector<TF_Output> outputs;
  for (uint32_t i = 0; i < Length(env, pairs); ++i) outputs.push_back(OutputOf(env, graph, Element(env, pairs, i)));
  return outputs;
}

// An attribute as the package's backend gives it: { name, type, value } with TF_AttrType's numbers.
void SetAttribute(napi_env env, TF_OperationDescription* description, napi_value attribute) {
  const std::string name = Text(env, Property(env, attribute, "name"));
  const auto type = static_cast<TF_AttrType>(static_cast<int>(Number(env, Property(env, attribute, "type"))));
  const napi_value value = Property(env, attribute, "value");
  const bool list = IsArray(env, value);
  switch (type) {
    case TF_ATTR_STRING: {
      if (list) break;
      const std::string text = Text(env, value);
      TF_SetAttrString(description, name.c_str(), text.data(), text.size());
      return;
    }
    case TF_ATTR_INT: {
      if (!list) {
        TF_SetAttrInt(description, name.c_str(), static_cast<int64_t>(Number(env, value)));
        return;
      }
      const std::vector<int64_t> values = Sizes(env, value);
      TF_SetAttrIntList(description, name.c_str(), values.data(), static_cast<int>(values.size()));
      return;
    }
    case TF_ATTR_FLOAT:
      if (list) break;
      TF_SetAttrFloat(description, name.c_str(), static_cast<float>(Number(env, value)));
      return;
    case TF_ATTR_BOOL:
      if (list) break;
      TF_SetAttrBool(description, name.c_str(), Boolean(env, value) ? 1 : 0);
      return;
    case TF_ATTR_TYPE: {
      if (!list) {
        TF_SetAttrType(description, name.c_str(), static_cast<TF_DataType>(static_cast<int>(Number(env, value))));
        return;
      }
      std::vector<TF_DataType> types;
      for (const int64_t one : Sizes(env, value)) types.push_back(static_cast<TF_DataType>(one));
      TF_SetAttrTypeList(description, name.c_str(), types.data(), static_cast<int>(types.size()));
      return;
    }
    case TF_ATTR_SHAPE: {
      const std::vector<int64_t> shape = Sizes(env, value);
      TF_SetAttrShape(description, name.c_str(), shape.data(), static_cast<int>(shape.size()));
      return;
    }
    case TF_ATTR_TENSOR: {
      Status status;
      TF_SetAttrTensor(description, name.c_str(), CopyTensor(env, value).get(), status);
      status.Check();
      return;
    }
    default: break;
  }
  throw Failure("graph: attribute " + name + " has a type that cannot be recorded");
}

napi_value NumberValue(napi_env env, double number) {
  napi_value value;
  Check(napi_create_double(env, number, &value), "no memory for a number");
  return value;
}

napi_value ShapeValue(napi_env env, const std::vector<int64_t>& shape) {
  napi_value array;
  Check(napi_create_array_with_length(env, shape.size(), &array), "no memory for a shape");
  for (uint32_t i = 0; i < shape.size(); ++i) Check(napi_set_element(env, array, i, NumberValue(env, static_cast<double>(shape[i]))), "no memory for a shape");
  return array;
}

using Arguments = std::vector<napi_value>;

// (threads): makes our kernels known. Returns the name of the instruction set in use.
napi_value Start(napi_env env, const Arguments& arguments) {
  SetThreadCount(static_cast<int>(Number(env, arguments.at(0))));
  static const std::string problem = RegisterOps();
  if (!problem.empty()) throw Failure("graph: our kernels cannot be registered: " + problem);
  napi_value name;
  Check(napi_create_string_utf8(env, BestMath().name, NAPI_AUTO_LENGTH, &name), "no memory for a text");
  return name;
}

// () → graph
napi_value NewGraph(napi_env env, const Arguments&) { return Wrap(env, std::make_shared<Graph>()); }

// (graph, { op, name, inputs: ([node, output] | [node, output][])[], controls: node[], attributes }) → { node, outputs: { dtype, shape | null }[] }
napi_value AddNode(napi_env env, const Arguments& arguments) {
  const auto graph = Unwrap<Graph>(env, arguments.at(0));
  const napi_value definition = arguments.at(1);
  const std::string op = Text(env, Property(env, definition, "op"));
  const std::string name = Text(env, Property(env, definition, "name"));
  if (TF_GraphOperationByName(graph->graph, name.c_str()) != nullptr) throw Failure("graph: a second node is named " + name);
  // What follows may throw before the node is finished; an unfinished description cannot be freed through the C API, so all is read first.
  struct Input {
    bool list;
    std::vector<TF_Output> outputs;
  };
  std::vector<Input> inputs;
  const napi_value given = Property(env, definition, "inputs");
  for (uint32_t i = 0; i < Length(env, given); ++i) {
    const napi_value one = Element(env, given, i);
    const bool list = Length(env, one) == 0 || IsArray(env, Element(env, one, 0));
    inputs.push_back({list, list ? OutputsOf(env, *graph, one) : std::vector<TF_Output>{OutputOf(env, *graph, one)}});
  }
  std::vector<TF_Operation*> controls;
  for (const int64_t node : Sizes(env, Property(env, definition, "controls"))) controls.push_back(graph->nodes.at(static_cast<size_t>(node)));

  TF_OperationDescription* description = TF_NewOperation(graph->graph, op.c_str(), name.c_str());
  for (const Input& input : inputs) {
    if (input.list) TF_AddInputList(description, input.outputs.data(), static_cast<int>(input.outputs.size()));
    else TF_AddInput(description, input.outputs[0]);
  }
  for (TF_Operation* control : controls) TF_AddControlInput(description, control);
  const napi_value attributes = Property(env, definition, "attributes");
  for (uint32_t i = 0; i < Length(env, attributes); ++i) SetAttribute(env, description, Element(env, attributes, i));
  Status status;
  TF_Operation* node = TF_FinishOperation(description, status);
  if (node == nullptr) throw Failure(op + ": " + status.text());
  graph->nodes.push_back(node);

  napi_value result, outputs;
  Check(napi_create_object(env, &result), "no memory for a node");
  Check(napi_create_array(env, &outputs), "no memory for a node");
  for (int i = 0; i < TF_OperationNumOutputs(node); ++i) {
    const TF_Output output = {node, i};
    napi_value entry, shape_value;
    Check(napi_create_object(env, &entry), "no memory for a node");
    Check(napi_set_named_property(env, entry, "dtype", NumberValue(env, TF_OperationOutputType(output))), "dtype");
    const int rank = TF_GraphGetTensorNumDims(graph->graph, output, status);
    status.Check();
    bool known = rank >= 0;
    if (known) {
      std::vector<int64_t> shape(rank);
      TF_GraphGetTensorShape(graph->graph, output, shape.data(), rank, status);
      status.Check();
      for (const int64_t size : shape) known = known && size >= 0;
      shape_value = ShapeValue(env, shape);
    }
    if (!known) Check(napi_get_null(env, &shape_value), "null");
    Check(napi_set_named_property(env, entry, "shape", shape_value), "shape");
    Check(napi_set_element(env, outputs, static_cast<uint32_t>(i), entry), "outputs");
  }
  Check(napi_set_named_property(env, result, "node", NumberValue(env, static_cast<double>(graph->nodes.size() - 1))), "node");
  Check(napi_set_named_property(env, result, "outputs", outputs), "outputs");
  return result;
}

// (graph) → GraphDef, Buffer
napi_value ToBytes(napi_env env, const Arguments& arguments) {
  const auto graph = Unwrap<Graph>(env, arguments.at(0));
  std::unique_ptr<TF_Buffer, void (*)(TF_Buffer*)> buffer(TF_NewBuffer(), TF_DeleteBuffer);
  Status status;
  TF_GraphToGraphDef(graph->graph, buffer.get(), status);
  status.Check();
  napi_value result;
  Check(napi_create_buffer_copy(env, buffer->length, buffer->data, nullptr, &result), "no memory for the graph");
  return result;
}

// (graph, GraphDef bytes, prefix, names) → the numbers of the nodes with these names (without the prefix); all of the bytes' nodes are added
napi_value Import(napi_env env, const Arguments& arguments) {
  const auto graph = Unwrap<Graph>(env, arguments.at(0));
  const Bytes bytes = BytesOf(env, arguments.at(1));
  const std::string prefix = Text(env, arguments.at(2));
  std::unique_ptr<TF_Buffer, void (*)(TF_Buffer*)> buffer(TF_NewBufferFromString(bytes.data, bytes.length), TF_DeleteBuffer);
  std::unique_ptr<TF_ImportGraphDefOptions, void (*)(TF_ImportGraphDefOptions*)> options(TF_NewImportGraphDefOptions(), TF_DeleteImportGraphDefOptions);
  TF_ImportGraphDefOptionsSetPrefix(options.get(), prefix.c_str());
  Status status;
  TF_GraphImportGraphDef(graph->graph, buffer.get(), options.get(), status);
  status.Check();
  napi_value numbers;
  Check(napi_create_array(env, &numbers), "no memory for an array");
  for (uint32_t i = 0; i < Length(env, arguments.at(3)); ++i) {
    const std::string name = prefix + "/" + Text(env, Element(env, arguments.at(3), i));
    TF_Operation* node = TF_GraphOperationByName(graph->graph, name.c_str());
    if (node == nullptr) throw Failure("NOT_FOUND: the graph has no node " + name);
    graph->nodes.push_back(node);
    Check(napi_set_element(env, numbers, i, NumberValue(env, static_cast<double>(graph->nodes.size() - 1))), "no memory for an array");
  }
  return numbers;
}

// (graph, ConfigProto bytes) → session
napi_value OpenSession(napi_env env, const Arguments& arguments) {
  auto session = std::make_shared<Session>();
  session->graph = Unwrap<Graph>(env, arguments.at(0));
  const Bytes config = BytesOf(env, arguments.at(1));
  std::unique_ptr<TF_SessionOptions, void (*)(TF_SessionOptions*)> options(TF_NewSessionOptions(), TF_DeleteSessionOptions);
  Status status;
  TF_SetConfig(options.get(), config.data, config.length, status);
  status.Check();
  session->session = TF_NewSession(session->graph->graph, options.get(), status);
  status.Check();
  return Wrap(env, session);
}

// One run: it owns what it needs, works on a thread of Node's pool, and settles its promise afterwards.
struct Run {
  std::shared_ptr<Session> session;
  std::vector<TF_Output> feeds, fetches;
  std::vector<Tensor> inputs, outputs;
  std::vector<TF_Operation*> targets;
  bool trace = false;
  std::string trace_bytes, problem;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;

  void Execute() {
    try {
      RunInSession();
    } catch (const std::exception& error) {
      problem = Problem(error);
    }
  }

  void RunInSession() {
    std::lock_guard<std::mutex> lock(session->running);
    std::vector<TF_Tensor*> given, found(fetches.size(), nullptr);
    outputs.resize(fetches.size());  // now, so that nothing can fail while the tensors have no owner
    for (const Tensor& input : inputs) given.push_back(input.get());
    // RunOptions { trace_level: FULL_TRACE }
    static const unsigned char full_trace[] = {0x08, 0x03};
    std::unique_ptr<TF_Buffer, void (*)(TF_Buffer*)> options(trace ? TF_NewBufferFromString(full_trace, sizeof full_trace) : nullptr, Delete);
    std::unique_ptr<TF_Buffer, void (*)(TF_Buffer*)> metadata(trace ? TF_NewBuffer() : nullptr, Delete);
    Status status;
    TF_SessionRun(session->session, options.get(), feeds.data(), given.data(), static_cast<int>(feeds.size()), fetches.data(), found.data(),
                  static_cast<int>(fetches.size()), targets.data(), static_cast<int>(targets.size()), metadata.get(), status);
    inputs.clear();
    for (size_t i = 0; i < found.size(); ++i) outputs[i].reset(found[i]);
    if (!status.ok()) problem = status.text();
    if (trace && metadata->length > 0) trace_bytes.assign(static_cast<const char*>(metadata->data), metadata->length);
  }

  static void Delete(TF_Buffer* buffer) {
    if (buffer != nullptr) TF_DeleteBuffer(buffer);
  }

  napi_value Result(napi_env env) {
    napi_value result, list;
    Check(napi_create_object(env, &result), "no memory for a result");
    Check(napi_create_array(env, &list), "no memory for a result");
    for (uint32_t i = 0; i < outputs.size(); ++i) {
      const TF_Tensor* tensor = outputs[i].get();
      const size_t length = TF_TensorByteSize(tensor);
      void* data = nullptr;
      napi_value buffer, entry;
      // a copy: Electron's engine takes no memory that is not its own
      Check(napi_create_arraybuffer(env, length, &data, &buffer), "no memory for a result");
      if (length > 0) std::memcpy(data, TF_TensorData(tensor), length);
      Check(napi_create_object(env, &entry), "no memory for a result");
      std::vector<int64_t> shape(TF_NumDims(tensor));
      for (size_t axis = 0; axis < shape.size(); ++axis) shape[axis] = TF_Dim(tensor, static_cast<int>(axis));
      Check(napi_set_named_property(env, entry, "dtype", NumberValue(env, TF_TensorType(tensor))), "dtype");
      Check(napi_set_named_property(env, entry, "shape", ShapeValue(env, shape)), "shape");
      Check(napi_set_named_property(env, entry, "data", buffer), "data");
      Check(napi_set_element(env, list, i, entry), "outputs");
      outputs[i].reset();
    }
    napi_value bytes;
    Check(napi_create_buffer_copy(env, trace_bytes.size(), trace_bytes.data(), nullptr, &bytes), "no memory for a trace");
    Check(napi_set_named_property(env, result, "outputs", list), "outputs");
    Check(napi_set_named_property(env, result, "trace", bytes), "trace");
    return result;
  }
};

napi_value ErrorValue(napi_env env, const std::string& text) {
  napi_value message, error = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &message);
  napi_create_error(env, nullptr, message, &error);
  return error;
}

void Settle(napi_env env, napi_status status, void* data) {
  std::unique_ptr<Run> run(static_cast<Run*>(data));
  if (status != napi_ok && run->problem.empty()) run->problem = "FAILED: the run was cancelled";
  napi_value result = nullptr;
  try {
    if (run->problem.empty()) result = run->Result(env);
  } catch (const std::exception& error) {
    run->problem = Problem(error);
  }
  if (run->problem.empty()) napi_resolve_deferred(env, run->deferred, result);
  else napi_reject_deferred(env, run->deferred, ErrorValue(env, run->problem));
  napi_delete_async_work(env, run->work);
}

// (session, { feeds: { at: [node, output], dtype, shape, data }[], fetches: [node, output][], targets: node[], trace: boolean })
// → Promise<{ outputs: { dtype, shape, data: ArrayBuffer }[], trace: Buffer (RunMetadata) }>
napi_value RunSession(napi_env env, const Arguments& arguments) {
  auto run = std::make_unique<Run>();
  run->session = Unwrap<Session>(env, arguments.at(0));
  const Graph& graph = *run->session->graph;
  const napi_value request = arguments.at(1);
  const napi_value feeds = Property(env, request, "feeds");
  for (uint32_t i = 0; i < Length(env, feeds); ++i) {
    const napi_value feed = Element(env, feeds, i);
    run->feeds.push_back(OutputOf(env, graph, Property(env, feed, "at")));
    run->inputs.push_back(CopyTensor(env, feed));
  }
  run->fetches = OutputsOf(env, graph, Property(env, request, "fetches"));
  for (const int64_t node : Sizes(env, Property(env, request, "targets"))) run->targets.push_back(graph.nodes.at(static_cast<size_t>(node)));
  run->trace = Boolean(env, Property(env, request, "trace"));

  napi_value promise, name;
  Check(napi_create_promise(env, &run->deferred, &promise), "no memory for a promise");
  Check(napi_create_string_utf8(env, "bitw:run", NAPI_AUTO_LENGTH, &name), "no memory for a text");
  Check(napi_create_async_work(
            env, nullptr, name, [](napi_env, void* data) { static_cast<Run*>(data)->Execute(); }, Settle, run.get(), &run->work),
        "no thread for a run");
  Check(napi_queue_async_work(env, run->work), "no thread for a run");
  run.release();
  return promise;
}

// One image that is made smaller on a thread of Node's pool. The memory is JavaScript's, held by the references.
struct Resizing {
  const uint8_t* source = nullptr;  // pixels, or a JPEG
  size_t length = 0;
  bool is_jpeg = false;
  uint8_t* result = nullptr;
  int64_t width = 0, height = 0, new_width = 0, new_height = 0;
  std::string problem;
  napi_ref held_source = nullptr, held_result = nullptr;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;

  void Execute() {
    try {
      if (is_jpeg) ResizeJpeg(source, length, width, height, result, new_width, new_height);
      else ResizeImage({source, width, height, static_cast<double>(width), static_cast<double>(height)}, result, new_width, new_height);
    } catch (const std::exception& error) {
      problem = Problem(error);
    }
  }
};

void SettleResizing(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<Resizing> resizing(static_cast<Resizing*>(data));
  if (status != napi_ok && resizing->problem.empty()) resizing->problem = "it was cancelled";
  napi_value result = nullptr;
  napi_get_reference_value(env, resizing->held_result, &result);
  if (resizing->problem.empty()) napi_resolve_deferred(env, resizing->deferred, result);
  else napi_reject_deferred(env, resizing->deferred, ErrorValue(env, "resize: " + resizing->problem));
  napi_delete_reference(env, resizing->held_source);
  napi_delete_reference(env, resizing->held_result);
  napi_delete_async_work(env, resizing->work);
}

int64_t SizeOf(napi_env env, napi_value value, double most) {
  const double number = Number(env, value);
  if (!(number >= 1 && number <= most && number == std::floor(number))) {
    std::ostringstream text;
    text.precision(15);  // decimals only where the number has some; std::to_string writes six always
    text << "resize: a size is " << number << ", not a whole number from 1 to " << most;
    throw Failure(text.str());
  }
  return static_cast<int64_t>(number);
}

// (pixels or JPEG, width, height, new width, new height) → Promise<Uint8Array>
template <bool is_jpeg>
napi_value Resize(napi_env env, const Arguments& arguments) {
  constexpr double kMostPixels = 1 << 30;
  auto resizing = std::make_unique<Resizing>();
  const Bytes bytes = BytesOf(env, arguments.at(0));
  resizing->source = static_cast<const uint8_t*>(bytes.data);
  resizing->length = bytes.length;
  resizing->is_jpeg = is_jpeg;
  resizing->width = SizeOf(env, arguments.at(1), kMostPixels);
  resizing->height = SizeOf(env, arguments.at(2), kMostPixels);
  resizing->new_width = SizeOf(env, arguments.at(3), static_cast<double>(resizing->width));
  resizing->new_height = SizeOf(env, arguments.at(4), static_cast<double>(resizing->height));
  const int64_t wanted = resizing->width * resizing->height * 3;
  if (!is_jpeg && static_cast<int64_t>(bytes.length) != wanted)
    throw Failure("resize: the pixels are " + std::to_string(bytes.length) + " bytes, not " + std::to_string(wanted));

  const size_t length = static_cast<size_t>(resizing->new_width * resizing->new_height * 3);
  napi_value promise, name, buffer, result;
  void* data = nullptr;
  Check(napi_create_arraybuffer(env, length, &data, &buffer), "no memory for an image");
  resizing->result = static_cast<uint8_t*>(data);
  Check(napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, &result), "no memory for an image");
  Check(napi_create_reference(env, arguments.at(0), 1, &resizing->held_source), "no memory for an image");
  Check(napi_create_reference(env, result, 1, &resizing->held_result), "no memory for an image");
  Check(napi_create_promise(env, &resizing->deferred, &promise), "no memory for a promise");
  Check(napi_create_string_utf8(env, "bitw:resize", NAPI_AUTO_LENGTH, &name), "no memory for a text");
  Check(napi_create_async_work(
            env, nullptr, name, [](napi_env, void* work) { static_cast<Resizing*>(work)->Execute(); }, SettleResizing, resizing.get(), &resizing->work),
        "no thread for an image");
  Check(napi_queue_async_work(env, resizing->work), "no thread for an image");
  resizing.release();
  return promise;
}

// (pixels, [width, height, x, y, width, height of the part], side, flip, target)
napi_value ResizePartOf(napi_env env, const Arguments& arguments) {
  constexpr double kMostSide = 1 << 15;
  const Bytes pixels = BytesOf(env, arguments.at(0)), frame = BytesOf(env, arguments.at(1)), target = BytesOf(env, arguments.at(4));
  const int64_t side = SizeOf(env, arguments.at(2), kMostSide);
  if (frame.length != 6 * sizeof(double)) throw Failure("resize: a part has six numbers");
  double numbers[6];
  std::memcpy(numbers, frame.data, sizeof numbers);
  const auto& [width, height, x, y, part_width, part_height] = numbers;
  // written so that what is not a number is refused
  const bool is_inside =
      x >= 0 && y >= 0 && part_width > 0 && part_height > 0 && x + part_width <= width * (1 + 1e-9) && y + part_height <= height * (1 + 1e-9);
  if (!is_inside) throw Failure("resize: the part is not inside the image");
  if (!(width * height * 3 == static_cast<double>(pixels.length) && width == std::floor(width) && height == std::floor(height)))
    throw Failure("resize: the pixels are " + std::to_string(pixels.length) + " bytes, not as many as their sizes say");
  if (static_cast<int64_t>(target.length) != side * side * 3)
    throw Failure("resize: the target is " + std::to_string(target.length) + " bytes, not " + std::to_string(side * side * 3));
  ResizePart(static_cast<const uint8_t*>(pixels.data), static_cast<int64_t>(width), static_cast<int64_t>(height), {x, y, part_width, part_height},
             static_cast<uint8_t*>(target.data), side, Boolean(env, arguments.at(3)));
  return nullptr;
}

// (graph | session): frees it, once the runs under way have ended.
template <typename T>
napi_value Close(napi_env env, const Arguments& arguments) {
  void* data = nullptr;
  Check(napi_get_value_external(env, arguments.at(0), &data), "a handle is missing");
  static_cast<std::shared_ptr<T>*>(data)->reset();
  return nullptr;
}

template <napi_value (*function)(napi_env, const Arguments&)>
napi_value Guarded(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value values[5];
  if (napi_get_cb_info(env, info, &count, values, nullptr, nullptr) != napi_ok) return nullptr;
  try {
    return function(env, Arguments(values, values + count));
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, Problem(error).c_str());
    return nullptr;
  }
}

napi_value Initialize(napi_env env, napi_value exports) {
  const std::pair<const char*, napi_callback> functions[] = {
      {"start", Guarded<Start>},          {"newGraph", Guarded<NewGraph>},           {"addNode", Guarded<AddNode>},
      {"toBytes", Guarded<ToBytes>},      {"importBytes", Guarded<Import>},          {"openSession", Guarded<OpenSession>},
      {"run", Guarded<RunSession>},       {"closeSession", Guarded<Close<Session>>}, {"closeGraph", Guarded<Close<Graph>>},
      {"resize", Guarded<Resize<false>>}, {"resizeJpeg", Guarded<Resize<true>>},     {"resizePart", Guarded<ResizePartOf>},
  };
  for (const auto& [name, callback] : functions) {
    napi_value function;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function) != napi_ok) return nullptr;
    if (napi_set_named_property(env, exports, name, function) != napi_ok) return nullptr;
  }
  return exports;
}

}  // namespace
}  // namespace bitw

NAPI_MODULE(bitw_graph, bitw::Initialize)
