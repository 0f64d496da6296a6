#include "certs/der.h"

#include "gtest/gtest.h"
#include "node/base/encoding.h"

namespace tamga::certs {
namespace {

std::string Bytes(absl::string_view hex) { return HexDecode(hex).value(); }

TEST(DerTest, TakesWhatIsInItsOneForm) {
  for (const char* hex : {
           "0500",                                    // NULL
           "0101ff",                                  // TRUE
           "020100", "02017f", "02020080", "0201ff",  // integers
           "30060201000201ff",                        // a sequence
           "31060201000201ff",                        // a set in order
           "06032b6570",                              // an object identifier
           "030206c0",                                // six bits unused, all zero
           "a003020100",                              // tagged
           "800100",                                  // tagged, implicit: not looked into
       }) {
    EXPECT_TRUE(IsDer(Bytes(hex))) << hex;
  }
}

TEST(DerTest, RefusesEveryOtherForm) {
  for (const char* hex : {
           "",
           "05",
           "0501",              // contents that are not there
           "050000",            // more behind it
           "058100",            // a length in more octets than it needs
           "30800201000000",    // indefinite length
           "010101",            // TRUE that is not ff
           "010100",            // FALSE, which is always the default
           "0200",              // an integer without octets
           "02020001",          // leading zeros
           "0202ff80",          // leading ones
           "0300",              // a bit string without its first octet
           "030206ff",          // unused bits that are set
           "030108",            // eight unused bits
           "0600",              // an object identifier without octets
           "06022b80",          // that does not end
           "06032b8001",        // with leading zeros
           "31060201ff020100",  // a set out of order
           "2403040100",        // a string in pieces
           "1f810100",          // a high tag number
           "1000",              // a sequence that is no container
       }) {
    EXPECT_FALSE(IsDer(Bytes(hex))) << hex;
  }
}

TEST(DerTest, NestingHasABound) {
  std::string nested = Bytes("0500");
  for (int depth = 1; depth < 32; ++depth) {
    ASSERT_TRUE(IsDer(nested)) << depth;
    nested = Bytes("30") + static_cast<char>(nested.size()) + nested;
  }
  EXPECT_TRUE(IsDer(nested));
  EXPECT_FALSE(IsDer(Bytes("30") + static_cast<char>(nested.size()) + nested));
}

}  // namespace
}  // namespace tamga::certs
