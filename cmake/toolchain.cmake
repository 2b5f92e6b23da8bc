# Compiler, linker and sanitizer settings that every target shares (a precompiled header is only valid under equal flags).
add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 reports overflows that do not exist for strings assigned inside coroutines, and confuses inlined frees.
    add_compile_options(-Wno-error=stringop-overflow -Wno-error=restrict -Wno-error=maybe-uninitialized
                        -Wno-error=mismatched-new-delete -Wno-error=free-nonheap-object -Wno-error=array-bounds
                        -Wno-stringop-overflow -Wno-restrict -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
    add_compile_options(-fcoroutines)
endif()
if(KEDGE_SANITIZE)
    add_compile_options(-fsanitize=${KEDGE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${KEDGE_SANITIZE})
endif()
find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_link_options(-fuse-ld=mold)
endif()
find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-fpch-preprocess)
    endif()
endif()
# Files of one room share most of what they instantiate, so six are compiled as one. A file whose inner names are a
# neighbour's has SKIP_UNITY_BUILD_INCLUSION. Without KEDGE_JOINED (the clang presets) those of the product are compiled each by itself.
function(join_files TARGET)
    set_target_properties(${TARGET} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # A coroutine's frame may hold what only its file knows: it is not in another file, however it is compiled.
        target_compile_options(${TARGET} PRIVATE -Wno-subobject-linkage)
    endif()
endfunction()
# Asio, Beast: their non-template parts are compiled once, in src/io/boost_impl.cpp. Every target must agree on this.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
                        BOOST_ALLOW_DEPRECATED_HEADERS)
