#include <gtest/gtest.h>

#include "server/group/offset_store.h"

namespace odradek::group {
namespace {

TEST(PathElement, LeavesOrdinaryNamesAlone) {
  for (const char* name : {"billing", "a.b-c_d", "Größe", "with space"}) {
    EXPECT_EQ(path_element(name), name);
  }
}

TEST(PathElement, HidesWhatZooKeeperWouldReadAsStructure) {
  EXPECT_EQ(path_element("a/b"), "a%2Fb");
  EXPECT_EQ(path_element("."), "%2E");
  EXPECT_EQ(path_element(".."), "%2E%2E");
  EXPECT_EQ(path_element(std::string("x\0y", 3)), "x%00y");
  EXPECT_EQ(path_element("100%"), "100%25");
}

TEST(PathElement, IsReadBack) {
  for (const std::string& name :
       {std::string("a/b"), std::string(".."), std::string("%2F"), std::string("x\0y", 3),
        std::string("plain"), std::string("50%"), std::string("%zz")}) {
    EXPECT_EQ(group_of_path_element(path_element(name)), name);
  }
}

}  // namespace
}  // namespace odradek::group
