#include "store/encoding.h"

#include "samples.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

using namespace kedge;

TEST(encoding, a_file_comes_back_as_it_was) {
    const auto file = sample_file("mcp/a.yaml");
    EXPECT_EQ(decode_file(encode(file)), file);
    EXPECT_EQ(decode_file(encode(FileIndex{})), FileIndex{});
}

TEST(encoding, a_row_comes_back_as_it_was) {
    const auto row = sample_row("1");
    EXPECT_EQ(decode_row(encode(row)), row);
    EXPECT_EQ(decode_row(encode(LiveEntry{})), LiveEntry{});
}

TEST(encoding, bytes_of_any_kind_survive_in_texts) {
    LiveEntry row;
    row.name = std::string("a\0b\xff\xc3", 5);
    row.type = std::string(70'000, 'x');
    EXPECT_EQ(decode_row(encode(row)), row);
}

TEST(encoding, every_flipped_bit_is_seen) {
    const auto whole = encode(sample_file("mcp/a.yaml"));
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            auto bytes = whole;
            bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
            EXPECT_THROW(decode_file(bytes), BadEncoding) << i;
        }
    }
}

TEST(encoding, every_cut_is_seen) {
    const auto whole = encode(sample_row("1"));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_THROW(decode_row(whole.substr(0, size)), BadEncoding) << size;
    EXPECT_THROW(decode_row(whole + "x"), BadEncoding);
}

TEST(encoding, another_version_is_refused) {
    Encoder out;
    out.text("something");
    EXPECT_THROW(decode_row(out.sealed(99)), BadEncoding);
}

// A checksum can be made to fit by whoever writes the file, so the bounds have to hold without it.
TEST(encoding, sealed_nonsense_never_reads_beyond_its_end) {
    rc::check([](const std::string& body) {
        Encoder out;
        for (const char c : body) out.number(static_cast<unsigned char>(c));
        for (const auto& bytes : {out.sealed(1), out.sealed(2)}) {
            try {
                (void)decode_file(bytes);
                (void)decode_row(bytes);
            } catch (const BadEncoding&) {
            }
        }
    });
}

TEST(encoding, lengths_beyond_the_end_and_odd_flags_are_refused) {
    Encoder far;
    far.number(~std::uint64_t{0});
    EXPECT_THROW(Decoder(far.sealed(1), 1).text(), BadEncoding);
    EXPECT_THROW(Decoder(far.sealed(1), 1).texts(), BadEncoding);
    EXPECT_THROW(Decoder(far.sealed(1), 1).small(), BadEncoding);
    EXPECT_EQ(Decoder(far.sealed(1), 1).number(), ~std::uint64_t{0});
    Encoder odd;
    odd.number(2);
    EXPECT_THROW(Decoder(odd.sealed(1), 1).flag(), BadEncoding);
    EXPECT_THROW(Decoder(odd.sealed(1), 1).end(), BadEncoding);
}
