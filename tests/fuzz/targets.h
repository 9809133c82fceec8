// Every fuzz target by name, one per *_fuzz.cc.
#pragma once

#include "tests/fuzz/target.h"

namespace odradek::fuzz {

extern const Target appends_target;
extern const Target files_target;
extern const Target logs_target;
extern const Target properties_target;
extern const Target records_target;
extern const Target requests_target;
extern const Target responses_target;
extern const Target stored_target;
extern const Target stores_target;
extern const Target znodes_target;

}  // namespace odradek::fuzz
