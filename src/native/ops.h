// Our operations in TensorFlow: GroupNorm with ReLU and weight standardization, forward and gradient, for the CPU.
#pragma once
#include <string>

namespace bitw {

// Makes them known to the TensorFlow of this process; once. Returns what went wrong, or "".
std::string RegisterOps();

}  // namespace bitw
