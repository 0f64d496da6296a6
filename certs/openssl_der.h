// DER and text, from and to OpenSSL objects.
#pragma once

#include <openssl/asn1.h>
#include <openssl/crypto.h>

#include <string>

#include "absl/strings/string_view.h"

namespace tamga::certs {

// The object in DER by its i2d function; empty if it cannot be encoded. The working copy is wiped, since private keys
// go through here too.
template <auto I2d, typename T>
std::string ToDer(const T* object) {
  unsigned char* bytes = nullptr;
  const int size = I2d(object, &bytes);
  if (size <= 0) return "";
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_clear_free(bytes, static_cast<size_t>(size));
  return der;
}

// The object that the bytes, all of them, encode by their d2i function; null if they do not. DER has one form for each
// value: callers that need it must compare with ToDer, since OpenSSL also reads BER.
template <typename Pointer, auto D2i>
Pointer FromDer(absl::string_view der) {
  const auto* cursor = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = cursor + der.size();
  Pointer object(D2i(nullptr, &cursor, static_cast<long>(der.size())));
  if (cursor != end) object.reset();
  return object;
}

// The characters of an ASN.1 string, whatever its type.
inline std::string TextOf(const ASN1_STRING* string) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                     static_cast<size_t>(ASN1_STRING_length(string)));
}

}  // namespace tamga::certs
