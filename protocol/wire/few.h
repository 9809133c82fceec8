// Few: the array of a message that usually has one element, which then takes no memory of its own.
#pragma once

#include <boost/container/small_vector.hpp>

namespace odradek::protocol {

template <class T>
using Few = boost::container::small_vector<T, 1>;

}  // namespace odradek::protocol
