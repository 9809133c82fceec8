// The entry points of libFuzzer for the one target that this program was compiled for.

#include <cstddef>
#include <cstdint>

#include "base/log.h"
#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerInitialize(int*, char*** arguments) {
  // What the code under test says of hostile bytes is expected; what kills it is not.
  FLAGS_minloglevel = google::GLOG_FATAL;
  FLAGS_logtostderr = true;
  google::InitGoogleLogging((*arguments)[0]);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  odradek::fuzz::ODRADEK_FUZZ_TARGET.run({data, size});
  return 0;
}
