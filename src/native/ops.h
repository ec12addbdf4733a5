// Our operations in TensorFlow, for the CPU.
#pragma once
#include <string>

#include "tensorflow/c/tf_status.h"

namespace bitw {

// Makes them known to the TensorFlow of this process; once. Returns what went wrong, or "".
std::string RegisterOps();

// Its parts. They do nothing where the status is an error already.
void RegisterNorms(TF_Status* status);
void RegisterWeightOps(TF_Status* status);
void RegisterConvolutions(TF_Status* status);

}  // namespace bitw
